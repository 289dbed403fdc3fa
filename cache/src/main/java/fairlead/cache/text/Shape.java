package fairlead.cache.text;

/** What kind of text one is; it decides how near ones are looked for. */
public enum Shape {
  /** A short natural text: compared by its meaning. */
  PROSE,
  /** The output of a build or a program: compared by its lines. */
  LOG,
  /** Code, data, long texts and what is not English: only equal ones are found. */
  OTHER
}
