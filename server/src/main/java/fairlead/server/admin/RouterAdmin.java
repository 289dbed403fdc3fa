package fairlead.server.admin;

import fairlead.providers.wire.ByteSink;
import fairlead.server.admin.RouterView.KeyView;
import fairlead.server.admin.RouterView.ProviderView;
import fairlead.server.admin.RouterView.RouteView;
import fairlead.server.admin.RouterView.TargetView;
import fairlead.server.http.HttpExchange;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Shows the router and puts back into service what was taken out of it. Who may ask is decided by
 * the caller of this class.
 *
 * <p>Stateless. Costs a few microseconds and some kilobytes for each target, for operators only.
 */
public final class RouterAdmin {
  /** Where the router is shown. */
  public static final String PATH = "/admin/v1/router";

  /** Where keys and targets are put back into service. */
  public static final String RESTORE_PATH = PATH + "/restore";

  private static final int MAX_LISTED = 20;

  private RouterAdmin() {}

  /** Answers with the state of all routes and keys. */
  public static void show(HttpExchange http, RouterControl router) throws IOException {
    respond(http, RouterJson.write(router.view()));
  }

  /**
   * Restores what the body names.
   *
   * @throws AdminRefusal if the body is wrong or there is no such thing
   */
  public static void restore(HttpExchange http, RouterControl router) throws IOException {
    RestoreRequest request = RestoreRequest.parse(http.body());
    String provider = request.provider();
    String key = request.key();
    String model = request.model();
    ByteSink body = new ByteSink();
    body.ascii("{\"restored\":true,\"provider\":").jsonString(provider);
    if (key != null) {
      if (!router.restoreKey(provider, key)) {
        throw unknown(router.view(), provider, "key", key);
      }
      body.ascii(",\"key\":").jsonString(key);
    } else if (model != null) {
      if (!router.restoreTarget(provider, model)) {
        throw unknown(router.view(), provider, "model", model);
      }
      body.ascii(",\"model\":").jsonString(model);
    } else if (!router.restoreProvider(provider)) {
      throw unknown(router.view(), provider, "provider", provider);
    }
    respond(http, body.append('}').toByteArray());
  }

  private static AdminRefusal unknown(
      RouterView view, String provider, String field, String value) {
    Set<String> providers = new LinkedHashSet<>();
    Set<String> there = new LinkedHashSet<>();
    for (ProviderView candidate : view.providers()) {
      providers.add(candidate.name());
      if (field.equals("key") && candidate.name().equals(provider)) {
        for (KeyView key : candidate.keys()) {
          there.add(key.name());
        }
      }
    }
    if (!providers.contains(provider)) {
      return AdminRefusal.notFound(
          "provider",
          "There is no provider '" + AdminBody.shown(provider) + "'; " + list(providers));
    }
    if (field.equals("model")) {
      for (RouteView route : view.routes()) {
        for (TargetView target : route.targets()) {
          String model = target.model();
          if (target.provider().equals(provider) && model != null) {
            there.add(model);
          }
        }
      }
    }
    return AdminRefusal.notFound(
        field,
        "Provider '"
            + provider
            + "' has no "
            + field
            + " '"
            + AdminBody.shown(value)
            + "' here; "
            + list(there));
  }

  private static String list(Set<String> names) {
    if (names.isEmpty()) {
      return "there is none.";
    }
    StringBuilder text = new StringBuilder("there are: ");
    int listed = 0;
    for (String name : names) {
      if (listed == MAX_LISTED) {
        return text.append(", …").toString();
      }
      text.append(listed++ == 0 ? "" : ", ").append(AdminBody.shown(name));
    }
    return text.append('.').toString();
  }

  private static void respond(HttpExchange http, byte[] body) throws IOException {
    ByteSink headers = new ByteSink();
    headers.ascii("Content-Type: application/json\r\nCache-Control: no-store\r\n");
    http.respond(200, headers, body, 0, body.length);
  }
}
