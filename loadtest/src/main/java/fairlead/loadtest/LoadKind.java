package fairlead.loadtest;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a load consists of. */
enum LoadKind {
  /** Plain chat calls, answered at once. */
  PLAIN("", 16),
  /** Streams of 101 events in one piece. */
  STREAM(LoadKind.STREAM_KNOBS, 16),
  /** Streams of 101 events, one each 10 ms. */
  PACED(LoadKind.STREAM_KNOBS + ";" + LoadKind.PACE_KNOBS, 256),
  /** Short plain calls, alone and beside long paced streams. */
  MIXED("", 64),
  /** Plain calls, alone and beside a flood of calls with wrong keys. */
  INVALID_KEYS("", 16),
  /** Plain calls, each on a connection of its own. */
  CHURN("", 16);

  /** 98 words make 101 events: role, words, finish, end mark. */
  static final int STREAM_EVENTS = 101;

  static final int LONG_STREAM_EVENTS = 301;
  private static final String STREAM_KNOBS = "answer_words=98";
  private static final String PACE_KNOBS = "tokens_per_second=100";

  /** What a model's name ends with for the long streams of the mixed load. */
  static final String LONG_STREAM_KNOBS = "#answer_words=298;" + PACE_KNOBS;

  private final String upstream;
  private final int callers;

  LoadKind(String upstream, int callers) {
    this.upstream = upstream;
    this.callers = callers;
  }

  /** Its name on the command line. */
  String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Knobs of the simulated upstream. */
  String upstream() {
    return upstream;
  }

  /** Unless the load's name says otherwise. */
  int callers() {
    return callers;
  }

  boolean isStream() {
    return this == STREAM || this == PACED;
  }

  /** Whether cost counts per event, because the upstream sets the pace. */
  boolean isPerEvent() {
    return this == PACED;
  }

  /** Whether the calls are measured twice: alone, and beside what disturbs them. */
  boolean isDisturbed() {
    return this == MIXED || this == INVALID_KEYS;
  }

  /** What a report shows. */
  List<Figure> figures(boolean open) {
    List<Figure> latencies =
        open
            ? List.of(Figure.P50, Figure.P99, Figure.P999, Figure.LATE, Figure.CONNECTIONS)
            : List.of(Figure.P50, Figure.P99);
    List<Figure> before =
        switch (this) {
          case PLAIN, CHURN, INVALID_KEYS -> List.of(Figure.CPU, Figure.RATE);
          case STREAM -> List.of(Figure.CPU, Figure.RATE, Figure.EVENTS);
          case PACED -> List.of(Figure.CPU, Figure.EVENTS, Figure.GAP_P50, Figure.GAP_P99);
          case MIXED -> List.of(Figure.RATE);
        };
    List<Figure> after =
        switch (this) {
          case PLAIN, CHURN -> List.of();
          case STREAM -> List.of(Figure.FIRST_P50);
          case PACED -> List.of(Figure.FIRST_P50, Figure.FIRST_P99, Figure.MERGED, Figure.SPLIT);
          case MIXED -> List.of(Figure.ALONE_P50, Figure.ALONE_P99, Figure.BESIDE);
          case INVALID_KEYS -> List.of(Figure.ALONE_RATE, Figure.ALONE_P99, Figure.BESIDE);
        };
    List<Figure> figures = new ArrayList<>(before);
    figures.addAll(this == PACED ? List.of() : latencies);
    figures.addAll(after);
    figures.add(Figure.RSS);
    return figures;
  }
}
