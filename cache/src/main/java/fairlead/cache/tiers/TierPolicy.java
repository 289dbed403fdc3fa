package fairlead.cache.tiers;

import fairlead.cache.earn.TrustSettings;
import fairlead.cache.guard.Strictness;

/**
 * What one route wants from the tiers below the exact one. Immutable.
 *
 * @param mode how far near answers are trusted
 * @param guards what must agree besides the similarity; {@link Strictness#EXACT}: no near answers
 * @param proseFloor no near prose below this is served; 0: what the guards ask for by themselves
 * @param linesFloor no log below this share of equal lines is served
 * @param judgeFloor no near prose is served that the second judge finds less alike
 * @param budget the share of wrong near answers that must not be exceeded, above 0 to 1
 * @param recheck the share of near answers that is checked for ever, 0 to 1
 * @param timeWords whether requests that speak of now may have near answers
 */
public record TierPolicy(
    TrustSettings.Mode mode,
    Strictness guards,
    float proseFloor,
    float linesFloor,
    float judgeFloor,
    double budget,
    double recheck,
    boolean timeWords) {}
