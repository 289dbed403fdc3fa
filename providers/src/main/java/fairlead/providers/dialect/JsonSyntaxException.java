package fairlead.providers.dialect;

/** Bytes that are not JSON, or not the JSON that was asked for. */
final class JsonSyntaxException extends RuntimeException {
  private static final long serialVersionUID = 1;

  JsonSyntaxException(String message) {
    super(message, null, false, false);
  }
}
