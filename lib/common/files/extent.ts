/** A run of bytes of a disk, of an image of one or of a file: from `start` to before `end`. */
export interface Extent {
  start: number
  end: number
}
