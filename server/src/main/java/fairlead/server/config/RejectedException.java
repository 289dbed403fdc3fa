package fairlead.server.config;

/** A value that cannot be used. */
@SuppressWarnings("serial") // never serialised
class RejectedException extends Exception {
  private final String why;

  /**
   * @param why what is wrong and what to write instead; never a secret
   */
  RejectedException(String why) {
    super(why);
    this.why = why;
  }

  String why() {
    return why;
  }
}
