package fairlead.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URL;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code version}: which build this is and what it runs on. */
@Command(
    name = "version",
    mixinStandardHelpOptions = true,
    description = "Prints the version, the build and the Java runtime.")
public final class VersionCommand implements Callable<Integer>, IVersionProvider {
  private static final String TITLE = "Fairlead";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    for (String line : getVersion()) {
      out.println(line);
    }
    out.flush();
    return CommandLine.ExitCode.OK;
  }

  /** The version alone. */
  static String version() {
    String version = manifest().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
    return version == null ? "(unpackaged)" : version;
  }

  /** Also what {@code --version} prints where this class is the version provider. */
  @Override
  public String[] getVersion() {
    Attributes manifest = manifest();
    String version = manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION);
    String build = manifest.getValue("Implementation-Build");
    return new String[] {
      "fairlead "
          + (version == null ? "(unpackaged)" : version)
          + (build == null ? "" : " (" + build + ")"),
      "Java " + Runtime.version() + ", " + System.getProperty("java.vendor")
    };
  }

  /** Ours among those of all jars on the class path; empty when run from classes. */
  private static Attributes manifest() {
    try {
      for (URL url :
          Collections.list(
              VersionCommand.class.getClassLoader().getResources("META-INF/MANIFEST.MF"))) {
        try (InputStream in = url.openStream()) {
          Attributes attributes = new Manifest(in).getMainAttributes();
          if (TITLE.equals(attributes.getValue(Attributes.Name.IMPLEMENTATION_TITLE))) {
            return attributes;
          }
        }
      }
    } catch (IOException e) {
      // A version that cannot be read is one that is not known.
    }
    return new Attributes();
  }
}
