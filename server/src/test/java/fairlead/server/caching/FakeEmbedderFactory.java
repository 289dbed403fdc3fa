package fairlead.server.caching;

import fairlead.cache.judge.TextEmbedder;
import fairlead.cache.judge.TextEmbedderFactory;

/** Stands on the tests' class path where the optional module would. */
public final class FakeEmbedderFactory implements TextEmbedderFactory {
  @Override
  public String name() {
    return "onnx";
  }

  @Override
  public TextEmbedder open() {
    return new TextEmbedder() {
      @Override
      public String name() {
        return "fake";
      }

      @Override
      public float[] embed(byte[] utf8, int from, int to, long deadlineNanos) {
        return new float[] {1};
      }

      @Override
      public void close() {}
    };
  }
}
