package fairlead.providers.catalogue;

/**
 * What is publicly known of one family of models: immutable.
 *
 * @param prefix how the names of the family begin
 * @param contextTokens the most tokens a request may have
 * @param inputUsdPerMillion list price of a million input tokens, uncached
 * @param outputUsdPerMillion list price of a million output tokens
 * @param thinksFirst whether it thinks before its first visible token without being asked to
 */
public record KnownModel(
    String prefix,
    int contextTokens,
    double inputUsdPerMillion,
    double outputUsdPerMillion,
    boolean thinksFirst) {}
