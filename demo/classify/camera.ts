import {UserError} from '../common/user_error.js';

/** Asked of the camera; the model takes less. */
const WANTED: MediaTrackConstraints = {width: {ideal: 320}, facingMode: 'environment'};

/** Frames of a camera, as fast as they are taken. */
export class Camera {
  private stream?: MediaStream;
  private starting = false;

  /** Whether the reader is being asked, or the camera warms up. */
  get isStarting(): boolean {
    return this.starting;
  }

  get isOn(): boolean {
    return this.stream !== undefined;
  }

  /**
   * Hands frames to `take` one after the other until {@link stop}.
   *
   * @throws UserError where there is no camera, or it is refused
   */
  async run(take: (frame: ImageBitmap) => Promise<void>, onStart: () => void): Promise<void> {
    const stream = await this.start();
    this.stream = stream;
    const video = document.createElement('video');
    video.muted = true;
    video.playsInline = true;
    video.srcObject = stream;
    try {
      await video.play();
      onStart();
      while (this.stream === stream && stream.active) await take(await createImageBitmap(video));
    } finally {
      this.stop();
    }
  }

  private async start(): Promise<MediaStream> {
    this.starting = true;
    try {
      return await open();
    } finally {
      this.starting = false;
    }
  }

  stop(): void {
    this.stream?.getTracks().forEach(track => track.stop());
    this.stream = undefined;
  }
}

async function open(): Promise<MediaStream> {
  // The types promise it; browsers have it in secure contexts only.
  const {mediaDevices} = navigator as Partial<Navigator>;
  if (mediaDevices === undefined) {
    throw new UserError(
      'This page may not use a camera',
      'Open it over https or from localhost; browsers allow cameras there only.',
    );
  }
  try {
    return await mediaDevices.getUserMedia({video: WANTED});
  } catch (error) {
    throw explain(error);
  }
}

function explain(error: unknown): UserError {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError') {
    return new UserError(
      'The camera was refused',
      'Allow it in the settings of this site, left of the address, and try again.',
    );
  }
  if (name === 'NotFoundError' || name === 'OverconstrainedError') {
    return new UserError('No camera was found', 'Connect one, or choose an image instead.');
  }
  return new UserError(
    `The camera did not start: ${String(error)}`,
    'Close other programs that use it and try again, or choose an image instead.',
  );
}
