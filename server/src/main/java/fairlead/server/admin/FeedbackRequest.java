package fairlead.server.admin;

import fairlead.providers.wire.ByteRange;
import fairlead.server.admin.CacheView.Feedback;
import fairlead.server.admin.CacheView.Verdict;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads what somebody says of an answer that was served. Used once; not thread-safe. */
final class FeedbackRequest implements AdminBody.Fields {
  private static final String FORM =
      "Send {\"key\":\"KEY\",\"verdict\":\"wrong\"} or \"right\", and \"request_key\" for the request"
          + " that got the answer.";

  private @Nullable CacheKey key;
  private @Nullable CacheKey request;
  private @Nullable Verdict verdict;

  private FeedbackRequest() {}

  /** Reads a body; whatever it contains, what is wrong with it is said. */
  static Feedback parse(ByteRange body) throws AdminRefusal {
    FeedbackRequest read = new FeedbackRequest();
    AdminBody.read(body, FORM, read);
    return new Feedback(
        AdminBody.required(read.key, "key", FORM),
        read.request,
        AdminBody.required(read.verdict, "verdict", FORM));
  }

  @Override
  public boolean take(String name, AdminBody.Value value) throws IOException {
    switch (name) {
      case "key" -> key = CacheQuery.key(name, value.text());
      case "request_key" -> request = CacheQuery.key(name, value.text());
      case "verdict" -> verdict = verdict(value.text());
      default -> {
        return false;
      }
    }
    return true;
  }

  private static Verdict verdict(String text) throws AdminRefusal {
    return switch (text) {
      case "right" -> Verdict.RIGHT;
      case "wrong" -> Verdict.WRONG;
      default ->
          throw AdminRefusal.invalid(
              "verdict",
              "'verdict' is right or wrong, not '" + AdminBody.shown(text) + "'. " + FORM);
    };
  }
}
