package fairlead.jmh;

import java.util.Locale;

/**
 * What one benchmark came to, per operation.
 *
 * <p>Immutable. {@link #toLine} and {@link #parse} carry it from the process that measures to the
 * one that judges.
 *
 * @param name class and method, such as {@code RequestScanBenchmark.chat2k}
 * @param bytes allocated, over all threads
 * @param nanos processor time of the threads that ran it
 * @param locks asked for, over all threads, waits included
 */
record Measured(String name, double bytes, double nanos, double locks) {
  String toLine() {
    return String.format(Locale.ROOT, "%s %.3f %.3f %.4f", name, bytes, nanos, locks);
  }

  static Measured parse(Fields fields) {
    fields.require(4, "NAME BYTES NANOS LOCKS");
    return new Measured(fields.text(0), fields.number(1), fields.number(2), fields.number(3));
  }

  /** The benchmark's class without its package. */
  static String className(String name) {
    return name.substring(0, name.lastIndexOf('.'));
  }
}
