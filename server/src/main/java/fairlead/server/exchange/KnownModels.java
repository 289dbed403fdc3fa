package fairlead.server.exchange;

import fairlead.providers.catalogue.KnownModel;
import fairlead.providers.catalogue.Models;
import fairlead.server.config.Config;
import org.jspecify.annotations.Nullable;

/** What is publicly known of a model, where the configuration does not say. Stateless. */
final class KnownModels {
  /** Prompts are longer than answers: the usual share of output among the tokens of a call. */
  private static final double OUTPUT_SHARE = 0.2;

  private KnownModels() {}

  static boolean reasons(String model) {
    KnownModel known = Models.find(model);
    return known != null && known.thinksFirst();
  }

  /** In tokens, or 0 where it is not known. */
  static long contextWindow(String model) {
    KnownModel known = Models.find(model);
    return known == null ? 0 : known.contextTokens();
  }

  /** US dollars per million tokens, input and output weighed; NaN where it is not known. */
  static double price(Config.@Nullable Price written, @Nullable String model) {
    if (written != null) {
      return weighed(written.input(), written.output());
    }
    KnownModel known = model == null ? null : Models.find(model);
    return known == null
        ? Double.NaN
        : weighed(known.inputUsdPerMillion(), known.outputUsdPerMillion());
  }

  /**
   * What a call has cost in US dollars; NaN where no price is known.
   *
   * @param weighedPrice US dollars per million tokens, as {@link #price} gave it
   */
  static double costUsd(
      @Nullable KnownModel known, double weighedPrice, long prompt, long completion) {
    if (known == null
        || weighed(known.inputUsdPerMillion(), known.outputUsdPerMillion()) != weighedPrice) {
      return weighedPrice * (prompt + completion) / 1e6;
    }
    return (known.inputUsdPerMillion() * prompt + known.outputUsdPerMillion() * completion) / 1e6;
  }

  private static double weighed(double input, double output) {
    return input * (1 - OUTPUT_SHARE) + output * OUTPUT_SHARE;
  }
}
