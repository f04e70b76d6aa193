/** The files are not ones that can be gone on with. */
export class CsvMismatch extends Error {
  override readonly name = "CsvMismatch";
}
