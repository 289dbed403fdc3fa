package fairlead.cache.onnx;

import fairlead.cache.judge.TextEmbedder;
import fairlead.cache.judge.TextEmbedderFactory;

/** Opens the quantised MiniLM that lies in this module's jar. */
public final class OnnxEmbedderFactory implements TextEmbedderFactory {
  /** One run keeps a processor busy: two are half of a small machine. */
  private static final int MOST_THREADS = 2;

  /** At 4 ms a run and 15 ms of patience few of them are answered; more would only wait. */
  private static final int QUEUE = 64;

  @Override
  public String name() {
    return "onnx";
  }

  @Override
  public TextEmbedder open() {
    int half = Runtime.getRuntime().availableProcessors() / 2;
    return open(Math.clamp(half, 1, MOST_THREADS), QUEUE);
  }

  /** With so many worker threads and so many waiting calls. */
  public static OnnxEmbedder open(int threads, int queued) {
    return new OnnxEmbedder(new MiniLm(MiniLm.QUANTISED), threads, queued);
  }
}
