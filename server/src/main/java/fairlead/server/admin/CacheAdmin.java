package fairlead.server.admin;

import fairlead.providers.wire.ByteSink;
import fairlead.server.admin.CacheView.Feedback;
import fairlead.server.http.HttpExchange;
import java.io.IOException;

/**
 * Shows the memory for answers, looks entries up, ends them, and takes note of wrong answers. Who
 * may ask is decided by the caller of this class.
 *
 * <p>Stateless. Looking up and ending by anything but a key walks all entries: for operators only.
 */
public final class CacheAdmin {
  /** Where its state is shown. */
  public static final String PATH = "/admin/v1/cache";

  /** Where entries are looked up and ended. */
  public static final String ENTRIES_PATH = PATH + "/entries";

  /** Where answers are said to be right or wrong. */
  public static final String FEEDBACK_PATH = PATH + "/feedback";

  private CacheAdmin() {}

  /** Answers with the state of the whole. */
  public static void show(HttpExchange http, CacheView cache) throws IOException {
    respond(http, CacheJson.status(cache.status()));
  }

  /**
   * Answers with the entries that the query means.
   *
   * @param nowMillis for their ages
   * @throws AdminRefusal if the query is wrong
   */
  public static void find(HttpExchange http, CacheView cache, long nowMillis) throws IOException {
    CacheQuery query = CacheQuery.toFind(http.query());
    respond(
        http,
        CacheJson.entries(
            cache.find(query.selection(), query.limit() + 1),
            query.limit(),
            query.body(),
            nowMillis));
  }

  /**
   * Ends the entries that the query means.
   *
   * @throws AdminRefusal if the query is wrong
   */
  public static void remove(HttpExchange http, CacheView cache) throws IOException {
    CacheQuery query = CacheQuery.toRemove(http.query());
    respond(http, CacheJson.removed(cache.remove(query.selection()), cache.durable()));
  }

  /**
   * Passes on what the body says of an answer.
   *
   * @throws AdminRefusal if the body is wrong or there is no such entry
   */
  public static void feedback(HttpExchange http, CacheView cache) throws IOException {
    Feedback feedback = FeedbackRequest.parse(http.body());
    if (!cache.feedback(feedback)) {
      throw AdminRefusal.notFound(
          "key", "There is no entry " + feedback.key() + "; it may have gone already.");
    }
    respond(http, CacheJson.noted(feedback));
  }

  private static void respond(HttpExchange http, byte[] body) throws IOException {
    ByteSink headers = new ByteSink();
    headers.ascii("Content-Type: application/json\r\nCache-Control: no-store\r\n");
    http.respond(200, headers, body, 0, body.length);
  }
}
