package fairlead.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way to be wrong is reported where it stands, with what to write instead. */
class BadConfigTest {
  private static final String CANARY = "canary-9f3b";
  private static final Map<String, String> ENVIRONMENT =
      Map.of("K", CANARY + "-env", "PORT", CANARY + "-port", "EMPTY", "", "LINES", "a\nb");

  private static final String GOOD = "providers: { openai: { api_key: \"${K}\" } }\n";

  /**
   * One bad file.
   *
   * @param expected {@code LINE:COL: path: part of the message}, in order; warnings are not counted
   */
  record Case(String name, String file, String text, List<String> expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case yaml(String name, String text, String... expected) {
    return new Case(name, "f.yaml", text, List.of(expected));
  }

  private static Case json(String name, String text, String... expected) {
    return new Case(name, "f.json", text, List.of(expected));
  }

  static Stream<Case> cases() {
    return Stream.of(
            syntax(),
            jsonSyntax(),
            references(),
            keys(),
            values(),
            providers(),
            failover(),
            routes(),
            cache())
        .flatMap(List::stream);
  }

  private static List<Case> syntax() {
    return List.of(
        yaml("empty", "", "1:1: file: is empty"),
        yaml("only a comment", "# nothing\n", "1:1: file: is empty"),
        yaml("a list", "- a\n", "1:1: file: is a list; write a mapping"),
        yaml("a word", "hello\n", "1:1: file: is a single value"),
        yaml("tab", "providers:\n\topenai: 1\n", "2:1: syntax: a tab is used for indentation"),
        yaml(
            "unclosed quote",
            GOOD + "server: { host: \"abc }\n",
            "3:1: syntax: the file ends inside a value"),
        yaml("unclosed brace", "providers: { a: 1\n", "2:1: syntax: a mapping in { }"),
        yaml("unclosed list", GOOD + "fallbacks: [a, b\nx: y\n", "3:2: syntax: "),
        yaml(
            "colon in value",
            GOOD + "server:\n  host: a: b\n",
            "3:10: syntax: a ':' where none may be; put quotes around"),
        yaml(
            "unclosed reference",
            "providers:\n  a: { api_key: ${K, weight: 1 }\n",
            "2:17: syntax: '${' starts a reference that does not end properly"),
        yaml(
            "alias", "providers: *nothing\n", "1:12: syntax: an unquoted value that starts with *"),
        yaml(
            "tag",
            "providers: !" + CANARY + " x\n",
            "1:12: syntax: an unquoted value that starts with ! is a type tag"),
        yaml("at sign", GOOD + "server: { host: @x }\n", "2:17: syntax: a character that cannot"),
        yaml("two documents", GOOD + "---\nb: 1\n", "2:1: syntax: a second document starts here"),
        yaml(
            "complex key",
            "? [a]\n: b\n",
            "1:3: syntax: a mapping or list stands where a key must"),
        yaml("control character", "a: \u0001\n", "1:4: syntax: character U+0001"),
        yaml("private use", "a: \uE024\n", "1:4: syntax: private-use characters"),
        yaml(
            "indentation",
            "providers:\n    openai: { api_key: x }\n  gemini: { api_key: x }\n",
            "3:3: syntax: "),
        yaml("deep", "a: " + "[".repeat(40), "1:35: syntax: nested more than 32 levels deep"),
        yaml(
            "duplicate",
            "providers:\n  openai: { api_key: x, api_key: y }\n",
            "2:25: api_key: is written twice, first at line 2, column 13; keep one"),
        yaml(
            "merge key",
            "providers:\n  openai: &a { api_key: x }\n  two:\n    <<: *a\n    type: openai\n",
            "4:5: providers.two.<<: merge keys are not part of YAML 1.2",
            "4:5: providers.two.api_key: is missing"));
  }

  private static List<Case> jsonSyntax() {
    return List.of(
        json(
            "trailing comma",
            "{\n  \"providers\": {},\n}",
            "3:1: syntax: a comma before the closing '}'"),
        json(
            "trailing comma in list",
            "{\"a\": [1,\n]}",
            "2:1: syntax: a comma before the closing ']'"),
        json("comment", "{\n  // x\n}", "2:3: syntax: JSON has no comments"),
        json("hash comment", "{\n  # x\n}", "2:3: syntax: JSON has no comments"),
        json("single quotes", "{\n  'a': 1}", "2:3: syntax: JSON text stands in double quotes"),
        json("unquoted name", "{\n\ta: 1}", "2:2: syntax: a name in double quotes must stand here"),
        json("missing comma", "{\"a\": 1\n \"b\": 2}", "2:2: syntax: a comma is missing"),
        json("missing colon", "{\"a\" 1}", "1:6: syntax: a ':' is missing"),
        json("bare word", "{\"a\": " + CANARY + "}", "1:7: syntax: not a JSON value"),
        json("early end", "{\"a\": [1,", "1:10: syntax: the file ends too early"),
        json("wrong bracket", "{\"a\": [1}", "1:9: syntax: the closing brace or bracket"),
        json("two values", "{} {}", "1:4: syntax: something follows"),
        json("line break in text", "{\"a\": \"x\ny\"}", "1:9: syntax: a line break or control"),
        json("empty", "  ", "1:1: file: is empty"),
        json(
            "duplicate",
            "{\"providers\": {\"openai\": {\"api_key\": \"x\",\n \"api_key\": \"y\"}}}",
            "2:2: api_key: is written twice, first at line 1, column 27"));
  }

  private static List<Case> references() {
    return List.of(
        yaml(
            "missing variable",
            "providers:\n  openai: { weight: 3, api_key: ${NOT_THERE}, models: [ 5x ] }\n",
            "2:33: providers.openai.api_key: environment variable NOT_THERE is not set"),
        yaml(
            "missing variable inside",
            "providers:\n  openai:\n    api_key: x\n    base_url: https://${HOST_X}/v1\n",
            "4:15: providers.openai.base_url: environment variable HOST_X is not set"),
        yaml(
            "missing env.",
            "providers:\n  openai:\n    keys: [ \"${K}\", env.GONE ]\n",
            "3:21: providers.openai.keys[1]: environment variable GONE is not set"),
        yaml(
            "missing file",
            "providers:\n  openai: { api_key: file:no-such-file }\n",
            "2:22: providers.openai.api_key: there is no file no-such-file"),
        yaml(
            "bad name",
            "providers:\n  openai: { api_key: ${1X} }\n",
            "2:22: providers.openai.api_key: '${' starts a reference that does not end properly"),
        yaml(
            "empty variable",
            "providers:\n  openai: { api_key: env.EMPTY }\n",
            "2:22: providers.openai.api_key: is empty (what it refers to, that is)"),
        yaml(
            "line break in a key",
            "providers:\n  openai: { api_key: env.LINES }\n",
            "2:22: providers.openai.api_key: contains a line break"),
        yaml(
            "reference to no number",
            GOOD + "server: { port: ${PORT} }\n",
            "2:17: server.port: '${PORT}' is not a whole number from 0 to 65535 (what it refers to,"
                + " that is)"));
  }

  private static List<Case> keys() {
    return List.of(
        yaml(
            "unknown at the top",
            GOOD + "provider: x\n",
            "2:1: provider: is not a setting here, did you mean 'providers'?; what exists: $schema,"
                + " server, auth, providers, routing, fallbacks, cache"),
        yaml(
            "unknown in a provider",
            "providers:\n  openai:\n    api_key: x\n    wieght: 2\n",
            "4:5: providers.openai.wieght: is not a setting here, did you mean 'weight'?"),
        yaml(
            "camel case",
            "providers:\n  openai: { apiKey: x }\n",
            "2:11: providers.openai.api_key: is missing",
            "2:13: providers.openai.apiKey: is not a setting here, did you mean 'api_key'?"),
        yaml(
            "another gateway's list",
            "model_list:\n  - model_name: x\n",
            "1:1: model_list: is not a setting here; this is a key of a LiteLLM configuration",
            "1:1: providers: is missing"),
        yaml(
            "another gateway's address",
            "providers:\n  openai: { api_key: x, api_base: y }\n",
            "2:25: providers.openai.api_base: is not a setting here; write 'base_url'"),
        yaml(
            "unknown in a route",
            GOOD + "routing:\n  r: { providers: [openai], timeout: 3 }\n",
            "3:29: routing.r.timeout: is not a setting here; write 'timeout_ms' (milliseconds)"),
        yaml("no providers", "server: {}\n", "1:1: providers: is missing"),
        yaml("empty providers", "providers: {}\n", "1:12: providers: is empty"));
  }

  private static List<Case> values() {
    return List.of(
        yaml(
            "port out of range",
            GOOD + "server: { port: 70000 }\n",
            "2:17: server.port: '70000' is out of range; write a whole number from 0 to 65535"),
        yaml(
            "port as text",
            GOOD + "server: { port: \"80\" }\n",
            "2:17: server.port: '80' is text; write a whole number from 0 to 65535, without quotes"),
        yaml("port as list", GOOD + "server: { port: [80] }\n", "2:17: server.port: is a list"),
        yaml("port missing", GOOD + "server:\n  port:\n", "3:8: server.port: is nothing"),
        yaml(
            "size",
            GOOD + "server: { max_body_bytes: 50 apples }\n",
            "2:27: server.max_body_bytes: '50 apples' is not a size such as 50MB or 256MiB"),
        yaml(
            "buffers below one body",
            GOOD + "server:\n  max_body_bytes: 10MB\n  max_buffered_bytes: 5MB\n",
            "4:23: server.max_buffered_bytes: is 5000000, less than one body may have"),
        yaml(
            "host with port", GOOD + "server: { host: \"a:80\" }\n", "2:17: server.host: is not a"),
        yaml(
            "open to everybody",
            GOOD + "server:\n  host: 0.0.0.0\n",
            "3:9: server.host: '0.0.0.0' can be reached from other machines, and no authentication"),
        yaml(
            "TLS half",
            GOOD + "server: { tls: { certificate: nowhere.pem } }\n",
            "2:16: server.tls.key: is missing",
            "2:31: server.tls.certificate: names no file that can be read"),
        yaml(
            "auth word",
            GOOD + "auth: " + CANARY + "\n",
            "2:7: auth: is a single value; write none, or {"),
        yaml("auth without keys", GOOD + "auth: { keys: [] }\n", "2:15: auth.keys: is empty"),
        yaml(
            "auth hash",
            GOOD + "auth: { keys: [ { name: a, sha256: 5e88 } ] }\n",
            "2:36: auth.keys[0].sha256: is not a SHA-256 hash"),
        yaml(
            "auth both",
            GOOD + "auth: { keys: [ { value: x, sha256: y } ] }\n",
            "2:17: auth.keys[0]: has both value and sha256"),
        yaml(
            "auth twice",
            GOOD + "auth:\n  keys:\n    - { value: env.K }\n    - { value: \"${K}\" }\n",
            "5:7: auth.keys[1]: is the same key as the one at line 4; remove one"),
        yaml(
            "auth route",
            GOOD + "auth: { keys: [ { value: env.K, routes: [nope, openai/x] } ] }\n",
            "2:42: auth.keys[0].routes[0]: 'nope' is not a route"),
        yaml(
            "cache threshold",
            GOOD + "cache: { semantic: { similarity_threshold: 1.5 } }\n",
            "2:44: cache.semantic.similarity_threshold: '1.5' is out of range"),
        yaml(
            "boolean of old",
            GOOD + "cache: { exact: { enabled: yes } }\n",
            "2:28: cache.exact.enabled: 'yes' is not true or false; write true or false"));
  }

  private static List<Case> providers() {
    return List.of(
        yaml(
            "no type",
            "providers:\n  mine: { api_key: x }\n",
            "2:3: providers.mine: has no 'type', and the name is not a well-known provider's"),
        yaml(
            "wrong type",
            "providers:\n  mine: { type: antropic, api_key: x }\n",
            "2:17: providers.mine.type: 'antropic' is not a type, did you mean 'anthropic'?"),
        yaml(
            "a wire to come",
            "providers:\n  mine: { type: azure, api_key: env.GONE, region: x }\n",
            "2:17: providers.mine.type: 'azure' is not supported in this version"),
        yaml("bad name", "providers:\n  a/b: { type: openai }\n", "2:3: providers: 'a/b' is not"),
        yaml("not a mapping", "providers:\n  openai: x\n", "2:11: providers.openai: is a single"),
        yaml(
            "no key",
            "providers:\n  openai: {}\n",
            "2:11: providers.openai.api_key: is missing; write 'api_key: env.OPENAI_API_KEY'"),
        yaml(
            "both keys",
            "providers:\n  openai: { api_key: x, keys: [y] }\n",
            "2:22: providers.openai.api_key: stands beside 'keys'"),
        yaml(
            "the same key twice",
            "providers:\n  openai: { keys: [ env.K, { value: \"${K}\" } ] }\n",
            "2:28: providers.openai.keys[1]: is the same key as the one at line 2, column 21"),
        yaml(
            "all weights 0",
            "providers:\n  openai: { keys: [ { value: env.K, weight: 0 } ] }\n",
            "2:19: providers.openai.keys: every weight is 0"),
        yaml(
            "negative weight",
            "providers:\n  openai: { api_key: x, weight: -1 }\n",
            "2:33: providers.openai.weight: '-1' is out of range; write a number from 0 to 1000000"),
        yaml(
            "no address",
            "providers:\n  mine: { type: openai-compatible }\n",
            "2:9: providers.mine.base_url: is missing"),
        yaml(
            "address with a password",
            "providers:\n  openai: { base_url: \"https://u:" + CANARY + "@h/v1\" }\n",
            "2:23: providers.openai.base_url: has a user or password in it"),
        yaml(
            "address of another scheme",
            "providers:\n  openai: { base_url: ftp://h/v1 }\n",
            "2:23: providers.openai.base_url: does not start with http:// or https://"),
        yaml(
            "address of an operation",
            "providers:\n  openai: { base_url: https://h/v1/chat/completions }\n",
            "2:23: providers.openai.base_url: names an operation; write it without"),
        yaml(
            "header of the client",
            "providers:\n  openai: { api_key: x, headers: { Host: y } }\n",
            "2:36: providers.openai.headers.Host: is written by the gateway itself"),
        yaml(
            "back-off",
            "providers:\n  openai:\n    api_key: x\n    retries: { backoff_ms: 500, max_backoff_ms: 5 }\n",
            "4:49: providers.openai.retries.max_backoff_ms: is 5, less than backoff_ms"),
        yaml(
            "simulated settings elsewhere",
            "providers:\n  openai: { api_key: x, latency_ms: 5 }\n",
            "2:37: providers.openai.latency_ms: is for simulated providers only"),
        yaml(
            "a knob that is none",
            "providers:\n  s: { type: simulated, faults: { staus: 503 } }\n",
            "2:35: providers.s.faults: 'staus' is not a knob of the simulated provider, did you mean"
                + " 'status'?"),
        yaml(
            "a knob's value",
            "providers:\n  s: { type: simulated, faults: { status: 200 } }\n",
            "2:43: providers.s.faults.status: '200' is not allowed; write a whole number from 400"));
  }

  private static List<Case> failover() {
    return List.of(
        yaml(
            "patience",
            "providers:\n  openai:\n    api_key: x\n    retries: { patience_ms: -1 }\n",
            "4:29: providers.openai.retries.patience_ms: '-1' is out of range; write a whole number"
                + " from 0 to 3600000"),
        yaml(
            "retry budget",
            "providers:\n  openai:\n    api_key: x\n    retries: { budget_percent: 120 }\n",
            "4:32: providers.openai.retries.budget_percent: '120' is out of range; write a number"
                + " from 0 to 100"),
        yaml(
            "a clock of nothing",
            "providers:\n  openai:\n    api_key: x\n    timeouts: { first_token_ms: 0 }\n",
            "4:33: providers.openai.timeouts.first_token_ms: '0' is out of range"),
        yaml(
            "failure rate",
            "providers:\n  openai:\n    api_key: x\n    health: { failure_rate: 50 }\n",
            "4:29: providers.openai.health.failure_rate: '50' is out of range; write a number from"
                + " 0.01 to 1"),
        yaml(
            "ejection",
            """
            providers:
              openai:
                api_key: x
                health: { min_ejection_ms: 900, max_ejection_ms: 100 }
            """,
            "4:54: providers.openai.health.max_ejection_ms: is 100, less than min_ejection_ms; write"
                + " at least 900"),
        yaml(
            "ejection beyond the default",
            "providers:\n  openai:\n    api_key: x\n    health: { max_ejection_ms: 1000 }\n",
            "4:32: providers.openai.health.max_ejection_ms: is 1000, less than min_ejection_ms;"
                + " write at least 5000"),
        yaml(
            "concurrency",
            "providers:\n  openai:\n    api_key: x\n    concurrency: { min: 20, max: 10 }\n",
            "4:34: providers.openai.concurrency.max: is 10, less than min; write at least 20"),
        yaml(
            "another gateway's cooldown",
            "providers:\n  openai: { api_key: x, cooldown_time: 5 }\n",
            "2:25: providers.openai.cooldown_time: is not a setting here; write 'health: {"
                + " min_ejection_ms: N }'"),
        yaml(
            "prefill",
            "providers:\n  openai: { api_key: x, prefill: maybe, context_window: 1.5 }\n",
            "2:34: providers.openai.prefill: 'maybe' is not true or false",
            "2:57: providers.openai.context_window: '1.5' is not a whole number from 0 to"
                + " 100000000"),
        yaml(
            "hedge after",
            GOOD + "routing:\n  r: { providers: [openai], hedge: { after: p100 } }\n",
            "3:45: routing.r.hedge.after: 'p100' is neither a percentile nor a time; write p1 to"
                + " p99, or 1 to 86400000 milliseconds"),
        yaml(
            "hedge after two days",
            GOOD + "routing:\n  r: { providers: [openai], hedge: { after: 99999999 } }\n",
            "3:45: routing.r.hedge.after: '99999999' is neither"),
        yaml(
            "hedge for nobody",
            GOOD + "routing:\n  r: { providers: [openai], hedge: { max_percent: 0 } }\n",
            "3:36: routing.r.hedge.after: is missing",
            "3:51: routing.r.hedge.max_percent: '0' is out of range; write a number from 0.01 to"
                + " 100"),
        yaml(
            "sticky",
            GOOD + "routing:\n  r: { providers: [openai], sticky: session }\n",
            "3:37: routing.r.sticky: 'session' names nothing a call has; write user, or header:NAME"
                + " such as header:x-session-id"),
        yaml(
            "sticky header",
            GOOD + "routing:\n  r: { providers: [openai], sticky: \"header:x session\" }\n",
            "3:37: routing.r.sticky: 'header:x session' names nothing a call has"),
        yaml(
            "content filter",
            GOOD + "routing:\n  r: { providers: [openai], content_filter: fail_over }\n",
            "3:45: routing.r.content_filter: 'fail_over' is not known, did you mean 'failover'?;"
                + " write one of error, failover"),
        yaml(
            "a route's clock for connections",
            GOOD + "routing:\n  r: { providers: [openai], timeouts: { connect_ms: 5 } }\n",
            "3:41: routing.r.timeouts.connect_ms: is not a setting here; connections are shared by"
                + " all routes to a provider; write 'connect_ms' under 'providers.NAME.timeouts'"),
        yaml(
            "a target's clock for connections",
            GOOD
                + "routing:\n  r:\n    targets: [ { provider: openai, timeouts: { connect: 5 } } ]\n",
            "4:48: routing.r.targets[0].timeouts.connect: is not a setting here; connections are"
                + " shared"),
        yaml(
            "a route's clocks out of range",
            GOOD
                + "routing:\n  r: { providers: [openai], timeouts: { idle_ms: 0, total_ms: x } }\n",
            "3:50: routing.r.timeouts.idle_ms: '0' is out of range; write a whole number from 1 to"
                + " 86400000",
            "3:63: routing.r.timeouts.total_ms: 'x' is not a whole number"),
        yaml(
            "a target's clock of another gateway",
            GOOD
                + "routing:\n  r:\n    targets: [ { provider: openai, timeouts: { ttft_ms: 5 } } ]\n",
            "4:48: routing.r.targets[0].timeouts.ttft_ms: is not a setting here; write"
                + " 'first_token_ms'"),
        yaml(
            "a route's clocks of one number",
            GOOD + "routing:\n  r: { providers: [openai], timeouts: 5000 }\n",
            "3:39: routing.r.timeouts: is a single value; write a mapping such as { first_token_ms:"),
        yaml(
            "half a price",
            GOOD + "routing:\n  r: { targets: [ { provider: openai, price: { input: -1 } } ] }\n",
            "3:46: routing.r.targets[0].price.output: is missing",
            "3:55: routing.r.targets[0].price.input: '-1' is out of range"),
        yaml(
            "a price of one number",
            GOOD + "routing:\n  r: { targets: [ { provider: openai, price: 2 } ] }\n",
            "3:46: routing.r.targets[0].price: is a single value; write a mapping such as { input:"),
        yaml(
            "a hedge of one word",
            GOOD + "routing:\n  r: { providers: [openai], hedge: p95 }\n",
            "3:36: routing.r.hedge: is a single value; write a mapping such as { after: p95"));
  }

  private static List<Case> routes() {
    return List.of(
        yaml(
            "unknown provider",
            GOOD + "routing:\n  r:\n    providers: [openai, opena]\n",
            "4:25: routing.r.providers[1]: 'opena' is not a provider, did you mean 'openai'?; there"
                + " are: openai"),
        yaml(
            "a target's unknown provider",
            GOOD + "routing:\n  r: { targets: [ { provider: x, model: y } ] }\n",
            "3:31: routing.r.targets[0].provider: 'x' is not a provider"),
        yaml(
            "a slash in the name",
            GOOD + "routing:\n  openai/x: { providers: [openai] }\n",
            "3:3: routing: 'openai/x' has a '/', which is for PROVIDER/MODEL"),
        yaml("no targets", GOOD + "routing:\n  r: {}\n", "3:6: routing.r: leads nowhere"),
        yaml(
            "both",
            GOOD + "routing:\n  r: { providers: [openai], targets: [openai] }\n",
            "3:6: routing.r: has both 'providers' and 'targets'"),
        yaml(
            "empty list",
            GOOD + "routing:\n  r: { providers: [] }\n",
            "3:19: routing.r.providers: is empty"),
        yaml(
            "twice",
            GOOD + "routing:\n  r: { providers: [openai, openai] }\n",
            "3:28: routing.r.providers[1]: stands in the list twice"),
        yaml(
            "strategy",
            GOOD + "routing:\n  r: { providers: [openai], strategy: roundrobin }\n",
            "3:39: routing.r.strategy: 'roundrobin' is not known, did you mean 'round_robin'?"),
        yaml(
            "hedge",
            GOOD + "routing:\n  r: { providers: [openai], hedge: { after: soon } }\n",
            "3:45: routing.r.hedge.after: 'soon' is neither a percentile nor a time"),
        yaml(
            "fallback to nobody",
            GOOD + "fallbacks: [\"openai/x\", \"nobody/y\"]\n",
            "2:25: fallbacks[1]: 'nobody/y' is not a provider"),
        yaml(
            "fallback twice",
            GOOD + "fallbacks: [openai/x, openai/x]\n",
            "2:23: fallbacks[1]: stands at line 2 already"),
        yaml(
            "fallback to itself",
            GOOD
                + "fallbacks:\n  - provider: openai\n    model: m\n    fallback_to: [ openai/m ]\n",
            "5:20: fallbacks[0].fallback_to[0]: is the target that has failed"),
        yaml(
            "everything at once",
            """
            server: { port: x }
            providers:
              openai: { weight: y, api_key: env.GONE }
            routing:
              r: { providers: [nobody] }
            foo: 1
            """,
            "1:17: server.port: 'x' is not",
            "3:21: providers.openai.weight: 'y' is not",
            "3:33: providers.openai.api_key: environment variable GONE",
            "5:20: routing.r.providers[0]: 'nobody' is not a provider",
            "6:1: foo: is not a setting here"));
  }

  private static List<Case> cache() {
    return List.of(
        yaml(
            "a cache of one word",
            GOOD + "cache: true\n",
            "2:8: cache: is a single value; write a mapping such as { exact: { enabled: true } }"),
        yaml(
            "a cache switched on in one place",
            GOOD + "cache: { enabled: true, ttl: 60 }\n",
            "2:10: cache.enabled: is not a setting here; write 'exact: { enabled: true }'",
            "2:25: cache.ttl: is not a setting here; write 'ttl_seconds' under"),
        yaml(
            "a tier of neither",
            GOOD + "cache: { exact: yes, semantic: [x] }\n",
            "2:17: cache.exact: 'yes' is not true or false",
            "2:32: cache.semantic: is a list; write a mapping such as { enabled: true"),
        yaml(
            "a misspelt setting",
            GOOD + "cache: { semantic: { similarity_treshold: 0.9, threshold: 0.9 } }\n",
            "2:22: cache.semantic.similarity_treshold: is not a setting here, did you mean"
                + " 'similarity_threshold'?",
            "2:48: cache.semantic.threshold: is not a setting here; write 'similarity_threshold'"),
        yaml(
            "times and sizes",
            GOOD
                + "cache:\n  max_disk_bytes: 10\n  exact: { ttl_seconds: 0, max_bytes: x }\n"
                + "  semantic: { ttl_seconds: 1.5 }\n",
            "3:19: cache.max_disk_bytes: '10' is out of range; write a size such as 50MB or 256MiB,"
                + " 1MiB to 1024GiB",
            "4:25: cache.exact.ttl_seconds: '0' is out of range; write a whole number from 1 to"
                + " 31536000",
            "4:39: cache.exact.max_bytes: 'x' is not a size",
            "5:28: cache.semantic.ttl_seconds: '1.5' is not a whole number from 1 to 31536000"),
        yaml(
            "an answer larger than all of them",
            GOOD + "cache: { exact: { max_bytes: 2MiB, max_answer_bytes: 3MiB } }\n",
            "2:54: cache.exact.max_answer_bytes: is 3145728, more than max_bytes; write at most"
                + " 2097152"),
        yaml(
            "mode and guards",
            GOOD + "cache: { semantic: { mode: server, guards: loose } }\n",
            "2:28: cache.semantic.mode: 'server' is not known, did you mean 'serve'?; write one of"
                + " earn, serve, shadow, observe",
            "2:44: cache.semantic.guards: 'loose' is not known; write one of strict, balanced,"
                + " exact"),
        yaml(
            "percentages",
            GOOD
                + "cache: { semantic: { error_budget_percent: 0, recheck_percent: 101,"
                + " max_temperature: -1, log_similarity: 95 } }\n",
            "2:44: cache.semantic.error_budget_percent: '0' is out of range; write a number from"
                + " 0.1 to 50",
            "2:64: cache.semantic.recheck_percent: '101' is out of range",
            "2:86: cache.semantic.max_temperature: '-1' is out of range; write a number from 0 to 2",
            "2:106: cache.semantic.log_similarity: '95' is out of range"),
        yaml(
            "what else is allowed",
            GOOD + "cache: { semantic: { allow: [tool, time-words, 7, [x]] } }\n",
            "2:30: cache.semantic.allow[0]: 'tool' is not known, did you mean 'tools'?; write one of"
                + " time_words, tools, images, user",
            "2:48: cache.semantic.allow[2]: '7' is not known",
            "2:51: cache.semantic.allow[3]: is a list; write one of"),
        yaml(
            "allowed in one word",
            GOOD + "cache: { semantic: { allow: tools } }\n",
            "2:29: cache.semantic.allow: is a single value; write a list such as [tools, images]"),
        yaml(
            "entries of a tenant",
            GOOD + "cache: { semantic: { max_entries: 5000, max_entries_per_tenant: 500 } }\n",
            "2:65: cache.semantic.max_entries_per_tenant: is 500, less than max_entries; write at"
                + " least 5000"),
        yaml(
            "a directory that is none",
            GOOD + "cache: { directory: \"a\\0b\" }\n",
            "2:21: cache.directory: contains a line break or another control character"),
        yaml(
            "a judge of no type",
            GOOD + "cache: { semantic: { judge: { threshold: 2 } } }\n",
            "2:29: cache.semantic.judge.type: is missing; add 'type: …' here",
            "2:42: cache.semantic.judge.threshold: '2' is out of range"),
        yaml(
            "a judge of an unknown type",
            GOOD + "cache: { semantic: { judge: { type: onx } } }\n",
            "2:37: cache.semantic.judge.type: 'onx' is not known, did you mean 'onnx'?; write one of"
                + " onnx, provider, none"),
        yaml(
            "a judge without a provider",
            GOOD + "cache: { semantic: { judge: { type: provider, jar: x.jar } } }\n",
            "2:29: cache.semantic.judge.provider: is missing; add 'provider: …' here",
            "2:29: cache.semantic.judge.model: is missing; add 'model: …' here",
            "2:52: cache.semantic.judge.jar: is for 'type: onnx' only; remove it"),
        yaml(
            "a judge that nobody knows",
            GOOD
                + "cache: { semantic: { judge: { type: provider, provider: opena, model: e } } }\n",
            "2:57: cache.semantic.judge.provider: 'opena' is not a provider, did you mean 'openai'?;"
                + " there are: openai"),
        yaml(
            "a judge without embeddings",
            """
            providers: { anthropic: { api_key: x } }
            cache: { semantic: { judge: { type: provider, provider: anthropic, model: e } } }
            """,
            "2:57: cache.semantic.judge.provider: makes no embeddings; name a provider that does"),
        yaml(
            "a judge that is not there",
            GOOD
                + "cache: { semantic: { judge: { type: onnx, jar: gone.jar, model: m, deadline_ms: 0 }"
                + " } }\n",
            "2:48: cache.semantic.judge.jar: names no file that can be read",
            "2:65: cache.semantic.judge.model: is for 'type: provider' only; remove it",
            "2:81: cache.semantic.judge.deadline_ms: '0' is out of range"),
        yaml(
            "a route's cache",
            GOOD
                + "routing:\n  r: { providers: [openai], cache: { exact: 1, mode: on, share: a b,"
                + " max_bytes: 1MB } }\n",
            "3:45: routing.r.cache.exact: '1' is not true or false",
            "3:54: routing.r.cache.mode: 'on' is not known; write one of earn",
            "3:65: routing.r.cache.share: is not usable as a name",
            "3:70: routing.r.cache.max_bytes: is not a setting here; what exists: exact, semantic"),
        yaml(
            "a route's cache of one word",
            GOOD + "routing:\n  r: { providers: [openai], cache: on }\n",
            "3:36: routing.r.cache: 'on' is not true or false; write true or false"),
        yaml(
            "a key's scope",
            GOOD + "auth: { keys: [ { value: env.K, cache_scope: a/b } ] }\n",
            "2:46: auth.keys[0].cache_scope: is not usable as a name"),
        yaml(
            "a key's rights",
            GOOD + "auth: { keys: [ { value: env.K, admin: all } ] }\n",
            "2:40: auth.keys[0].admin: 'all' is not true or false"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isReportedWhereItStands(Case bad) {
    Loaded loaded = new ConfigLoader(ENVIRONMENT).load(bad.file(), bad.text());

    List<String> said = loaded.errors().stream().map(Problem::toString).toList();
    assertThat(said).hasSameSizeAs(bad.expected());
    for (int i = 0; i < said.size(); i++) {
      assertThat(said.get(i)).startsWith(bad.file() + ":" + bad.expected().get(i));
    }
    assertThat(loaded.config()).isNull();
    assertThat(loaded.problems()).noneMatch(problem -> problem.toString().contains(CANARY));
  }
}
