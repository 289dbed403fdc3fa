package fairlead.server.gameday;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which wire the primary and the fallback speak; callers always speak OpenAI's. */
enum Wire {
  OPENAI(false, false),
  ANTHROPIC(true, true),
  ANTHROPIC_OPENAI(true, false),
  OPENAI_ANTHROPIC(false, true);

  private final boolean primaryAnthropic;
  private final boolean fallbackAnthropic;

  Wire(boolean primaryAnthropic, boolean fallbackAnthropic) {
    this.primaryAnthropic = primaryAnthropic;
    this.fallbackAnthropic = fallbackAnthropic;
  }

  boolean isPrimaryAnthropic() {
    return primaryAnthropic;
  }

  boolean isFallbackAnthropic() {
    return fallbackAnthropic;
  }

  /** The name on the command line: primary, and the fallback where it differs. */
  String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static @Nullable Wire byKey(String key) {
    for (Wire wire : values()) {
      if (wire.key().equals(key)) {
        return wire;
      }
    }
    return null;
  }
}
