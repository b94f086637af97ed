import {parseLabels, readLabels} from '../../cli/labels.js';

describe('parseLabels', () => {
  it('reads file names and class indices', () => {
    expect(parseLabels('file,label\na.png,3\nsub/b.jpg,0\n', 'l.csv')).toEqual([
      {file: 'a.png', label: 3},
      {file: 'sub/b.jpg', label: 0},
    ]);
  });

  it('takes CRLF, a byte order mark, quotes, spare columns and empty lines', () => {
    const text = '\ufefflabel, file ,note\r\n3,"a, b.png",x\r\n\r\n4,c.png,y\r\n';
    expect(parseLabels(text, 'l.csv')).toEqual([
      {file: 'a, b.png', label: 3},
      {file: 'c.png', label: 4},
    ]);
  });

  it.each([
    ['a.png,3\n', /label file 'l.csv' has no column 'file'; its first line must be 'file,label'/],
    ['file,class\na.png,3\n', /no column 'label'/],
    ['file,label\n', /lists no images/],
    ['', /no column 'file'/],
    ['file,label\na.png,0\nb.png,cat\n', /label file 'l.csv', image 2: label 'cat' of 'b.png'/],
    ['file,label\na.png\n', /label '' of 'a.png'/],
    ['file,label\na.png,-1\n', /label '-1'/],
    ['file,label\na.png,1.5\n', /label '1.5'/],
    ['file,label\n,1\n', /image 1: no file name/],
  ])('refuses %j', (text, message) => {
    expect(() => parseLabels(text, 'l.csv')).toThrow(message);
  });

  it('names a missing file', async () => {
    await expect(readLabels('/nowhere.csv')).rejects.toThrow(
      "label file '/nowhere.csv' does not exist",
    );
  });
});
