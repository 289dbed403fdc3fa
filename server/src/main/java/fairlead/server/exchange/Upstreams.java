package fairlead.server.exchange;

import fairlead.providers.Upstream;
import fairlead.providers.http.Endpoint;
import fairlead.providers.http.HttpClient;
import fairlead.providers.http.ProxyAddress;
import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedProvider;
import fairlead.server.config.Config;
import java.util.function.Function;

/** Gives each configured provider the place where it answers: an address, or inside the process. */
public final class Upstreams implements Function<Config.Provider, Upstream> {
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
            .withTimeouts(settings.timeouts().connectMs(), settings.timeouts().headMs())
            .withProxy(proxy == null ? null : ProxyAddress.parse(proxy)));
  }
}
