/**
 * A plot as a file of its own: dark on white, whatever the viewer's colours are.
 *
 * @param svg a plot; stays as it is
 */
export function svgFile(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('style', 'color: #1c1c1c; background: #ffffff');
  copy.setAttribute('color', '#1c1c1c'); // for renderers without CSS
  return `${serialize(copy)}\n`;
}

/** As XML where the host can, which closes every element. */
function serialize(svg: SVGSVGElement): string {
  const {XMLSerializer: Serializer} = globalThis as {
    XMLSerializer?: new () => {serializeToString(node: Node): string};
  };
  return Serializer ? new Serializer().serializeToString(svg) : svg.outerHTML;
}
