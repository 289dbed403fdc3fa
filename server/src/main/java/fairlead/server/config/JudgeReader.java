package fairlead.server.config;

import fairlead.cache.judge.TextEmbedderFactory;
import fairlead.server.config.CacheConfig.Judge;
import fairlead.server.config.CacheConfig.JudgeType;
import fairlead.server.config.Config.ProviderType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** Reads who gives the second opinion on near matches. Not thread-safe. */
final class JudgeReader {
  /** A model in this process answers in a few milliseconds or is too busy. */
  private static final int ONNX_DEADLINE_MS = 15;

  /** Another machine needs a round trip; a hit still saves seconds. */
  private static final int PROVIDER_DEADLINE_MS = 250;

  /** How the module says what it offers, see {@link java.util.ServiceLoader}. */
  private static final String SERVICE = "META-INF/services/" + TextEmbedderFactory.class.getName();

  private static final String MODULE = "fairlead-cache-onnx.jar";

  private final Reading reading;
  private final Section section;

  JudgeReader(Reading reading, Section section) {
    this.reading = reading;
    this.section = section;
  }

  /** Null where there is to be none, and after a report. */
  @Nullable Judge read(Targets targets) {
    double threshold = section.decimal(CacheSettings.Judge.THRESHOLD);
    if (!section.has(CacheSettings.Judge.TYPE)) {
      return null; // reported by the section
    }
    return switch (section.choice(CacheSettings.Judge.TYPE)) {
      case "onnx" -> {
        refuse("provider", CacheSettings.Judge.PROVIDER, CacheSettings.Judge.MODEL);
        yield new Judge(JudgeType.ONNX, jar(), null, null, threshold, deadline(ONNX_DEADLINE_MS));
      }
      case "provider" -> {
        refuse("onnx", CacheSettings.Judge.JAR);
        String provider = needed(CacheSettings.Judge.PROVIDER);
        String model = needed(CacheSettings.Judge.MODEL);
        if (provider != null) {
          check(targets, provider);
        }
        yield new Judge(
            JudgeType.PROVIDER, null, provider, model, threshold, deadline(PROVIDER_DEADLINE_MS));
      }
      default -> null;
    };
  }

  private int deadline(int absent) {
    return section.integer(CacheSettings.Judge.DEADLINE, absent);
  }

  private void refuse(String type, Setting... settings) {
    for (Setting setting : settings) {
      if (section.has(setting)) {
        section.error(setting, "is for 'type: " + type + "' only; remove it");
      }
    }
  }

  private @Nullable String needed(Setting setting) {
    if (!section.has(setting)) {
      section.error(setting, "is missing; add '" + setting.key() + ": …' here");
    }
    return section.text(setting);
  }

  private void check(Targets targets, String name) {
    Setting setting = CacheSettings.Judge.PROVIDER;
    if (targets.check(name, section.at(setting), section.path(setting))) {
      Config.Provider provider = targets.provider(name);
      if (provider != null && provider.type() == ProviderType.ANTHROPIC) {
        section.error(setting, "makes no embeddings; name a provider that does");
      }
    }
  }

  private @Nullable String jar() {
    String name = section.text(CacheSettings.Judge.JAR);
    if (name == null) {
      if (JudgeReader.class.getClassLoader().getResource(SERVICE) == null) {
        section.error(
            CacheSettings.Judge.TYPE,
            "needs the optional module; add 'jar: …' with the path of " + MODULE);
      }
      return null;
    }
    try {
      Path path = reading.references().directory().resolve(name);
      if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
        section.error(
            CacheSettings.Judge.JAR, "names no file that can be read; write the path of the jar");
      } else if (!hasService(path)) {
        section.error(
            CacheSettings.Judge.JAR, "is no jar with a judge; write the path of " + MODULE);
      }
      return path.toString();
    } catch (InvalidPathException e) {
      section.error(CacheSettings.Judge.JAR, "is not a path; write the path of the jar");
      return null;
    }
  }

  /** Looks into the jar's list of files; nothing of it is run. */
  private static boolean hasService(Path jar) {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return zip.getEntry(SERVICE) != null;
    } catch (IOException e) {
      return false; // no jar at all
    }
  }
}
