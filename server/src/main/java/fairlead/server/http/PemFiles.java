package fairlead.server.http;

import io.helidon.common.tls.Tls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Reads a certificate chain and its private key from PEM files (RFC 7468).
 *
 * <p>Stateless. Keys in PKCS #8 form only, which is what certificate authorities hand out today;
 * the message for others says how to convert them. Key material never appears in messages.
 */
final class PemFiles {
  private static final String BEGIN_KEY = "-----BEGIN PRIVATE KEY-----";
  private static final String END_KEY = "-----END PRIVATE KEY-----";

  private PemFiles() {}

  static Tls read(Path certificates, Path privateKey) throws IOException {
    try {
      List<X509Certificate> chain = chain(certificates);
      PrivateKey key = key(privateKey, chain.getFirst().getPublicKey().getAlgorithm());
      return Tls.builder().privateKeyCertChain(chain).privateKey(key).build();
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "cannot use the certificate in " + certificates + " with the key in " + privateKey, e);
    }
  }

  private static List<X509Certificate> chain(Path file)
      throws IOException, GeneralSecurityException {
    List<X509Certificate> chain = new ArrayList<>();
    byte[] bytes = Files.readAllBytes(file);
    for (Certificate certificate :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(bytes))) {
      if (certificate instanceof X509Certificate x509) {
        chain.add(x509);
      }
    }
    if (chain.isEmpty()) {
      throw new IOException("no certificate in " + file + "; it must be in PEM form");
    }
    return chain;
  }

  private static PrivateKey key(Path file, String algorithm)
      throws IOException, GeneralSecurityException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    int begin = text.indexOf(BEGIN_KEY);
    int end = text.indexOf(END_KEY);
    if (begin < 0 || end < begin) {
      throw new IOException(
          "no unencrypted PKCS #8 private key in "
              + file
              + "; convert the key with: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
    }
    byte[] der = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN_KEY.length(), end));
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
  }
}
