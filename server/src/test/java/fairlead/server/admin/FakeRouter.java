package fairlead.server.admin;

import fairlead.server.admin.RouterView.Circuit;
import fairlead.server.admin.RouterView.FirstToken;
import fairlead.server.admin.RouterView.KeyState;
import fairlead.server.admin.RouterView.KeyView;
import fairlead.server.admin.RouterView.ProviderView;
import fairlead.server.admin.RouterView.RouteView;
import fairlead.server.admin.RouterView.TargetView;
import java.util.ArrayList;
import java.util.List;

/** A router made by hand: one route, one target out, one key out. */
final class FakeRouter implements RouterControl {
  static final RouterView VIEW =
      new RouterView(
          List.of(
              new RouteView(
                  "triage",
                  "fastest",
                  List.of(
                      new TargetView(
                          "p",
                          "m-\"1\"",
                          2.5,
                          1,
                          Circuit.OPEN,
                          4_200,
                          5,
                          0.66666,
                          2,
                          0.1,
                          3,
                          64,
                          7,
                          9.5,
                          new FirstToken(312.40049, 250, 1_900),
                          0.05,
                          true),
                      new TargetView(
                          "q",
                          null,
                          1,
                          0,
                          Circuit.PROBING,
                          0,
                          0,
                          Double.NaN,
                          0,
                          1,
                          0,
                          0,
                          0,
                          10,
                          FirstToken.UNKNOWN,
                          1,
                          false)))),
          List.of(
              new ProviderView(
                  "p",
                  List.of(
                      new KeyView("key-1", KeyState.READY, 0),
                      new KeyView("spare", KeyState.OUT, 3_600_000),
                      new KeyView("key-3", KeyState.COOLING, 1_500))),
              new ProviderView("q", List.of())));

  final List<String> restored = new ArrayList<>();

  @Override
  public RouterView view() {
    return VIEW;
  }

  @Override
  public boolean restoreKey(String provider, String key) {
    boolean known = provider.equals("p") && key.equals("spare");
    if (known) {
      restored.add("key " + provider + " " + key);
    }
    return known;
  }

  @Override
  public boolean restoreTarget(String provider, String model) {
    boolean known = provider.equals("p") && model.equals("m-\"1\"");
    if (known) {
      restored.add("target " + provider + " " + model);
    }
    return known;
  }

  @Override
  public boolean restoreProvider(String provider) {
    boolean known = provider.equals("p") || provider.equals("q");
    if (known) {
      restored.add("all of " + provider);
    }
    return known;
  }
}
