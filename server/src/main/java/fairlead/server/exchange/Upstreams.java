package fairlead.server.exchange;

import fairlead.providers.Upstream;
import fairlead.providers.http.Endpoint;
import fairlead.providers.http.HttpClient;
import fairlead.providers.http.ProxyAddress;
import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedProvider;
import fairlead.server.config.Config;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Gives each configured provider the place where it answers: an address, or inside the process. */
public final class Upstreams implements Function<Config.Provider, Upstream> {
  /**
   * More than any configuration allows: how long an attempt waits for the head is for its target to
   * say, and its call's clocks see to it.
   */
  private static final int LONGEST_HEAD_MS = (int) TimeUnit.DAYS.toMillis(2);

  private final HttpClient client;

  public Upstreams(HttpClient client) {
    this.client = client;
  }

  @Override
  public Upstream apply(Config.Provider settings) {
    if (settings.type() == Config.ProviderType.SIMULATED) {
      return new SimulatedProvider(SimulatedBehaviour.of(settings.simulated()));
    }
    String proxy = settings.proxy();
    return client.endpoint(
        Endpoint.parse(settings.baseUrl())
            .withTimeouts(settings.timeouts().connectMs(), LONGEST_HEAD_MS)
            .withProxy(proxy == null ? null : ProxyAddress.parse(proxy)));
  }
}
