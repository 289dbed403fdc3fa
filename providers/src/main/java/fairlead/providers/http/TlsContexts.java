package fairlead.providers.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Who is trusted, and the TLS handshake.
 *
 * <p>Thread-safe. One context per CA file and one for the system's trust store, made when first
 * needed (loading the system's store takes tens of milliseconds) and kept, so that sessions are
 * resumed.
 */
final class TlsContexts {
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
  private static final String[] HTTP_1_1 = {"http/1.1"};
  private static final Path SYSTEM = Path.of("");

  private final ConcurrentHashMap<Path, SSLContext> contexts = new ConcurrentHashMap<>();

  /** Loads a CA file, so that a bad one is refused when it is configured. */
  void check(@Nullable Path caFile) {
    if (caFile != null) {
      SSLContext _ = context(caFile);
    }
  }

  /**
   * Wraps a connected channel; certificate and host name (RFC 9110 section 4.3.4) are checked in
   * the handshake, which the caller starts.
   */
  SSLSocket wrap(SocketChannel channel, Endpoint endpoint) throws IOException {
    String host = withoutFinalDot(endpoint.host());
    SSLSocket socket =
        (SSLSocket)
            context(endpoint.caFile() == null ? SYSTEM : endpoint.caFile())
                .getSocketFactory()
                .createSocket(channel.socket(), host, endpoint.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(HTTP_1_1);
    SNIHostName name = isAddress(host) ? null : serverName(host);
    if (name != null) {
      parameters.setServerNames(List.of(name));
    }
    socket.setSSLParameters(parameters);
    return socket;
  }

  /** RFC 6066 section 3: without a trailing dot, which marks a name as complete for DNS only. */
  private static String withoutFinalDot(String host) {
    return host.length() > 1 && host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  /** Null for a name that TLS cannot carry, such as one with an underscore. */
  private static @Nullable SNIHostName serverName(String host) {
    try {
      return new SNIHostName(host);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static boolean isAddress(String host) {
    try {
      InetAddress _ = InetAddress.ofLiteral(host);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private SSLContext context(Path caFile) {
    return contexts.computeIfAbsent(caFile, TlsContexts::load);
  }

  private static SSLContext load(Path caFile) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, caFile.equals(SYSTEM) ? null : trustOnly(caFile), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "the CA file '" + caFile + "' cannot be used: " + e.getMessage(), e);
    }
  }

  private static TrustManager[] trustOnly(Path caFile)
      throws IOException, GeneralSecurityException {
    Collection<? extends Certificate> certificates;
    try (InputStream in = Files.newInputStream(caFile)) {
      certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
    if (certificates.isEmpty()) {
      throw new GeneralSecurityException("it contains no PEM certificate");
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    for (Certificate certificate : certificates) {
      store.setCertificateEntry("ca-" + number++, certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }
}
