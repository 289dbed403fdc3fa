package fairlead.server.admin;

import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import fairlead.server.http.HttpExchange;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;

/** An exchange without a socket that has a body and takes one response. */
final class FakeHttp {
  int status;
  String headers = "";
  String body = "";

  /** The exchange; whatever administration must not need is refused. */
  HttpExchange exchange(String requestBody) {
    return exchange(requestBody, "");
  }

  HttpExchange exchange(String requestBody, String query) {
    byte[] bytes = ("##" + requestBody + "##").getBytes(StandardCharsets.UTF_8);
    ByteRange range = new ByteRange().set(bytes, 2, bytes.length - 2);
    return (HttpExchange)
        Proxy.newProxyInstance(
            FakeHttp.class.getClassLoader(),
            new Class<?>[] {HttpExchange.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "body" -> range;
                  case "query" -> query;
                  case "respond" -> {
                    status = (int) arguments[0];
                    headers = ((ByteSink) arguments[1]).toString();
                    body =
                        new String(
                            (byte[]) arguments[2],
                            (int) arguments[3],
                            (int) arguments[4],
                            StandardCharsets.UTF_8);
                    yield null;
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }
}
