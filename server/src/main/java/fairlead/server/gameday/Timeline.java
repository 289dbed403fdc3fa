package fairlead.server.gameday;

import java.util.List;

/** One run as a drawing: a lane for the callers and one for each target, in SVG. Stateless. */
final class Timeline {
  private static final int LABEL = 90;
  private static final int WIDTH = 620;
  private static final int LANE = 16;
  private static final int BAR = 11;
  private static final double MIN_BAR = 2;
  private static final double ROOM = 1.02;

  private Timeline() {}

  static String svg(Observation seen) {
    double end = 1;
    for (CallView call : seen.calls()) {
      end = Math.max(end, call.endMs());
    }
    double scale = WIDTH / (end * ROOM);
    StringBuilder out = new StringBuilder();
    int height = 4 * LANE;
    out.append("<svg viewBox=\"0 0 ").append(LABEL + WIDTH).append(' ').append(height);
    out.append("\" role=\"img\" aria-label=\"time line\">");
    label(out, 0, "caller");
    for (CallView call : seen.calls()) {
      String kind = call.isWhole() ? "good" : "bad";
      double content = call.firstByteMs() < 0 ? call.endMs() : call.firstByteMs();
      bar(out, 0, call.startMs() * scale, content * scale, "wait", "waits for the first byte");
      bar(
          out,
          0,
          content * scale,
          call.endMs() * scale,
          kind,
          call.status() + " " + call.ending() + ", " + Checks.shown(call.tookMs()) + " ms");
    }
    attempts(out, 1, "primary", seen.primary(), scale, end);
    attempts(out, 2, "fallback", seen.fallback(), scale, end);
    int y = 4 * LANE - 4;
    out.append("<text x=\"").append(LABEL).append("\" y=\"").append(y).append("\">0</text>");
    out.append("<text class=\"end\" x=\"").append(LABEL + WIDTH).append("\" y=\"").append(y);
    out.append("\">").append(Checks.shown(end)).append(" ms</text></svg>");
    return out.toString();
  }

  private static void attempts(
      StringBuilder out, int lane, String name, List<Attempt> attempts, double scale, double end) {
    label(out, lane, name);
    for (Attempt attempt : attempts) {
      boolean good = attempt.status() == 200 && attempt.outcome().equals("complete");
      double stop = Math.min(end, attempt.startMs() + attempt.durationMs());
      bar(
          out,
          lane,
          attempt.startMs() * scale,
          (attempt.outcome().equals("open") ? end : stop) * scale,
          good ? "good" : "bad",
          (attempt.status() == 0 ? "no answer" : attempt.status())
              + ", "
              + attempt.outcome()
              + ", "
              + Checks.shown(attempt.durationMs())
              + " ms");
    }
  }

  private static void label(StringBuilder out, int lane, String text) {
    out.append("<text x=\"0\" y=\"").append(lane * LANE + BAR).append("\">");
    out.append(text).append("</text>");
  }

  private static void bar(
      StringBuilder out, int lane, double from, double to, String kind, String tip) {
    out.append("<rect class=\"").append(kind).append("\" x=\"").append(rounded(LABEL + from));
    out.append("\" y=\"").append(lane * LANE + 2).append("\" width=\"");
    out.append(rounded(Math.max(MIN_BAR, to - from))).append("\" height=\"").append(BAR);
    out.append("\"><title>").append(tip).append("</title></rect>");
  }

  private static double rounded(double number) {
    return Math.round(number * 10) / 10.0;
  }
}
