package fairlead.cache.earn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is known about the near answers of one tier of one route, and what follows from it.
 *
 * <p>Immutable, about 400 bytes. Its text form is one line, by which trust survives a restart.
 */
public final class TrustState {
  private static final String FORM = "trust1";
  private static final int HEAD = 9;

  /** Nothing is served. */
  static final int NONE = -1;

  final TrustSettings.Mode mode;
  final NearTier tier;
  final double budget;
  final String version;

  /** The lowest step that is served, or {@link #NONE}. */
  final int serving;

  /** Bit per step whose trust was withdrawn and not yet earned again. */
  final int probation;

  /** Steps of the last retreat; 0 after an advance. */
  final int retreat;

  final long changedAtMillis;

  /** Checks and wrong ones by the strictest step their score reaches; never changed. */
  private final int[] checks;

  private final int[] wrong;

  /** Not saved: how likely something is amiss, and what was seen since the last change. */
  final double suspicion;

  final int checksSince;
  final int wrongSince;

  TrustState(
      TrustSettings settings,
      int serving,
      int probation,
      int retreat,
      long changedAtMillis,
      int[] checks,
      int[] wrong,
      double suspicion,
      int checksSince,
      int wrongSince) {
    this(
        settings.mode(),
        settings.tier(),
        settings.budget(),
        settings.version(),
        serving,
        probation,
        retreat,
        changedAtMillis,
        checks,
        wrong,
        suspicion,
        checksSince,
        wrongSince);
  }

  private TrustState(
      TrustSettings.Mode mode,
      NearTier tier,
      double budget,
      String version,
      int serving,
      int probation,
      int retreat,
      long changedAtMillis,
      int[] checks,
      int[] wrong,
      double suspicion,
      int checksSince,
      int wrongSince) {
    this.mode = mode;
    this.tier = tier;
    this.budget = budget;
    this.version = version;
    this.serving = serving;
    this.probation = probation;
    this.retreat = retreat;
    this.changedAtMillis = changedAtMillis;
    this.checks = checks;
    this.wrong = wrong;
    this.suspicion = suspicion;
    this.checksSince = checksSince;
    this.wrongSince = wrongSince;
  }

  static TrustState unknown(TrustSettings settings) {
    int[] none = new int[NearTier.STEPS];
    return new TrustState(settings, NONE, 0, 0, 0, none, none, 0, 0, 0);
  }

  /** Checks at or above a step. */
  public int checks(int step) {
    return sum(checks, step);
  }

  /** Wrong ones at or above a step. */
  public int wrong(int step) {
    return sum(wrong, step);
  }

  public NearTier tier() {
    return tier;
  }

  /** When the threshold moved last, 0 for never. */
  public long changedAtMillis() {
    return changedAtMillis;
  }

  int[] checksCopy() {
    return checks.clone();
  }

  int[] wrongCopy() {
    return wrong.clone();
  }

  int checksIn(int step) {
    return checks[step];
  }

  int wrongIn(int step) {
    return wrong[step];
  }

  private static int sum(int[] counts, int lowest) {
    int sum = 0;
    for (int step = 0; step <= lowest; step++) {
      sum += counts[step];
    }
    return sum;
  }

  /** One line without a line end. */
  public String text() {
    StringBuilder line = new StringBuilder(FORM);
    line.append(' ').append(mode).append(' ').append(tier).append(' ').append(budget);
    line.append(' ').append(version).append(' ').append(serving).append(' ').append(probation);
    line.append(' ').append(retreat).append(' ').append(changedAtMillis);
    for (int step = 0; step < NearTier.STEPS; step++) {
      line.append(' ').append(checks[step]).append('/').append(wrong[step]);
    }
    return line.toString();
  }

  /** Reads {@link #text()}; null for anything else, so that a damaged line is no trust. */
  public static @Nullable TrustState parse(String line) {
    String[] parts = line.split(" ", -1);
    if (parts.length != HEAD + NearTier.STEPS || !parts[0].equals(FORM)) {
      return null;
    }
    try {
      int[] checks = new int[NearTier.STEPS];
      int[] wrong = new int[NearTier.STEPS];
      for (int step = 0; step < NearTier.STEPS; step++) {
        String pair = parts[HEAD + step];
        int slash = pair.indexOf('/');
        checks[step] = Integer.parseInt(pair, 0, slash, 10);
        wrong[step] = Integer.parseInt(pair, slash + 1, pair.length(), 10);
        if (wrong[step] < 0 || wrong[step] > checks[step] || checks[step] > TrustRules.MAX_CHECKS) {
          return null;
        }
      }
      double budget = Double.parseDouble(parts[3]);
      int serving = Integer.parseInt(parts[5]);
      int probation = Integer.parseInt(parts[6]);
      int retreat = Integer.parseInt(parts[7]);
      if (!(budget > 0 && budget < 1)
          || serving < NONE
          || serving >= NearTier.STEPS
          || probation >>> NearTier.STEPS != 0
          || retreat < 0
          || retreat > NearTier.STEPS) {
        return null;
      }
      return new TrustState(
          TrustSettings.Mode.valueOf(parts[1]),
          NearTier.valueOf(parts[2]),
          budget,
          parts[4],
          serving,
          probation,
          retreat,
          Long.parseLong(parts[8]),
          checks,
          wrong,
          0,
          0,
          0);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return null;
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TrustState that
        && text().equals(that.text())
        && Double.compare(suspicion, that.suspicion) == 0
        && checksSince == that.checksSince
        && wrongSince == that.wrongSince;
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(checks) + serving;
  }

  @Override
  public String toString() {
    return text();
  }
}
