package fairlead.cache.earn;

/**
 * The statistics of an accepted share of wrong answers.
 *
 * <p>Immutable. A bound costs one square root.
 *
 * <p>A share is certified when the upper end of Wilson's score interval (Wilson 1927), one-sided at
 * 99 %, is within the budget. Who looks after every check and stops at the first success finds it
 * too often: at a true share equal to a budget of 2 % in 7.6 % of runs of 8,000 checks instead of 1
 * %. So a count is looked at only at numbers of checks that grow by a fifth, which leaves 4.6 %;
 * see docs/decisions.
 *
 * <p>Trouble is noticed by a cumulative sum (Page 1954) of the log likelihood ratio of four times
 * the budget against the budget: it forgets a long clean past at once.
 */
final class ErrorBudget {
  /** One-sided 99 %. */
  private static final double Z = 2.326;

  /** Fewer checks certify nothing, however large the budget. */
  private static final int MIN_CHECKS = 120;

  /** How much the number of checks grows from one look to the next. */
  private static final double LOOK_GROWTH = 1.2;

  /** The likelihood ratio at which trouble is believed. */
  private static final double ALARM = Math.log(200);

  private final double share;
  private final int powered;
  private final double gain;
  private final double loss;

  ErrorBudget(double share) {
    this.share = share;
    int clean = (int) Math.ceil(Z * Z * (1 - share) / share - 1e-9);
    powered = Math.max(MIN_CHECKS, clean);
    double bad = Math.min(4 * share, (1 + share) / 2);
    gain = Math.log(bad / share);
    loss = Math.log((1 - bad) / (1 - share));
  }

  /** The upper end of the 99 % interval of a share. */
  static double upper(int wrong, int checks) {
    if (checks == 0) {
      return 1;
    }
    double p = (double) wrong / checks;
    double z2 = Z * Z;
    return (p + z2 / (2 * checks) + Z * Math.sqrt(p * (1 - p) / checks + z2 / 4 / checks / checks))
        / (1 + z2 / checks);
  }

  /** The least number of checks that can certify: with fewer, even clean ones would not do. */
  int powered() {
    return powered;
  }

  boolean holds(int wrong, int checks) {
    return checks >= powered && upper(wrong, checks) <= share;
  }

  /** Whether the observed share, without any margin, is over the budget. */
  boolean exceeded(int wrong, int checks) {
    return wrong > share * checks;
  }

  /** Whether this is a number of checks to look at. */
  boolean due(int checks) {
    int look = powered;
    while (look < checks) {
      look = (int) Math.ceil(look * LOOK_GROWTH);
    }
    return look == checks; // never for fewer than can certify
  }

  /** The suspicion after one more check. */
  double suspicion(double before, boolean wrong) {
    return Math.max(0, before + (wrong ? gain : loss));
  }

  boolean alarming(double suspicion) {
    return suspicion >= ALARM;
  }
}
