package fairlead.providers.http;

/** Logs for threads that everything depends on. Stateless. */
final class SafeLog {
  private SafeLog() {}

  /** Logs an error; what the log throws is the lesser loss. */
  static void error(System.Logger logger, String what, Throwable failure) {
    try {
      logger.log(System.Logger.Level.ERROR, what, failure);
    } catch (Throwable e) {
      // the thread must go on
    }
  }
}
