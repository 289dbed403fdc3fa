package fairlead.providers.dialect;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The words that providers put into {@code code}, {@code type}, {@code status} and the like.
 *
 * <p>Immutable, thread-safe. Only words that mean one thing, whatever the status beside them.
 */
final class ErrorWords {
  private static final Map<String, ErrorKind> KINDS = new HashMap<>();

  static {
    put(
        ErrorKind.RATE_LIMITED,
        "rate_limit_exceeded rate_limit_error rate_limited ratelimitreached rate_limit_reached"
            + " throttlingexception toomanyrequestsexception too_many_requests"
            + " toomanyrequests model_rate_limit throttled");
    put(
        ErrorKind.OVERLOADED,
        "overloaded overloaded_error engine_overloaded engineoverloaded engine_overloaded_error"
            + " server_overloaded model_overloaded slow_down nocapacity no_capacity"
            + " capacity_exceeded insufficient_system_resource unavailable service_unavailable"
            + " serviceunavailable service_unavailable_error serviceunavailableexception"
            + " modelnotreadyexception flex_capacity_exceeded");
    put(
        ErrorKind.QUOTA,
        "insufficient_quota insufficient_balance insufficientbalance exceeded_current_quota_error"
            + " quota_exceeded quotaexceeded servicequotaexceededexception payment_required"
            + " access_terminated arrearage");
    put(
        ErrorKind.CREDENTIALS,
        "invalid_api_key api_key_invalid authentication_error authenticationerror invalid_apikey"
            + " invalidapikey invalid_authentication invalid_authentication_error unauthenticated"
            + " unauthorized expired_api_key token_expired unrecognizedclientexception"
            + " invalidsignatureexception invalidclienttokenid expiredtokenexception expiredtoken"
            + " missingauthenticationtokenexception missingauthenticationtoken"
            + " incompletesignatureexception incompletesignature optinrequired"
            + " api_key_service_blocked api_key_ip_address_blocked api_key_http_referrer_blocked"
            + " api_key_android_app_blocked api_key_ios_app_blocked service_disabled"
            + " consumer_invalid consumer_suspended access_token_expired"
            + " access_token_type_unsupported account_deactivated organization_deactivated"
            + " invalid_organization mismatched_organization ip_not_authorized"
            + " unsupported_country_region_territory");
    put(ErrorKind.MODEL_DENIED, "model_terms_required model_access_denied");
    put(
        ErrorKind.MODEL_NOT_FOUND,
        "model_not_found modelnotfound model_not_exist model_not_available invalid_model"
            + " unknown_model unavailable_model model_decommissioned model_deprecated deploymentnotfound"
            + " resourcenotfoundexception not_found_error not_found notfounderror notfound");
    put(
        ErrorKind.CONTEXT_LENGTH,
        "context_length_exceeded too_many_tokens too_many_prompt_tokens exceed_context_size_error"
            + " context_window_exceeded prompt_too_long input_too_long");
    put(
        ErrorKind.CONTENT_FILTER,
        "content_filter content_policy_violation responsibleaipolicyviolation flagged_input"
            + " contentfilter invalid_prompt moderation_blocked data_inspection_failed"
            + " datainspectionfailed prohibited_content cyber_policy_violation");
    put(
        ErrorKind.TOO_LARGE,
        "request_too_large payload_too_large request_entity_too_large requesttoolarge");
    put(ErrorKind.TOOL_GENERATION, "tool_use_failed json_validate_failed output_parse_failed");
    put(
        ErrorKind.SERVER_ERROR,
        "modelerrorexception modelstreamerrorexception modeltimeoutexception"
            + " internalserverexception internalfailure");
  }

  private ErrorWords() {}

  private static void put(ErrorKind kind, String words) {
    int from = 0;
    while (from < words.length()) {
      int space = words.indexOf(' ', from);
      int to = space < 0 ? words.length() : space;
      KINDS.put(words.substring(from, to), kind);
      from = to + 1;
    }
  }

  /** What the word means, or null if it is not known or means nothing in particular. */
  static @Nullable ErrorKind kind(String word) {
    if (word.isEmpty()) {
      return null;
    }
    String plain = plain(word);
    ErrorKind kind = KINDS.get(plain);
    if (kind == null
        && plain.indexOf(' ') < 0
        && (plain.contains("billing") || plain.contains("credit") || plain.contains("spend_"))) {
      return ErrorKind.QUOTA;
    }
    return kind;
  }

  /** Whether the word says no, without saying whether to the key or to this key for this model. */
  static boolean isPermission(String word) {
    return switch (plain(word)) {
      case "permission_error", "permission_denied", "accessdeniedexception", "accessdenied" -> true;
      default -> false;
    };
  }

  /** Whether the word says that the provider failed, and some say it beside any status. */
  static boolean isServer(String word) {
    return switch (plain(word)) {
      case "server_error",
          "api_error",
          "internal_error",
          "internal_server_error",
          "internal",
          "internalservererror",
          "timeout",
          "timeout_error",
          "deadline_exceeded",
          "aborted",
          "unknown",
          "error",
          "network_error" ->
          true;
      default -> false;
    };
  }

  /** Whether the word says that something is wrong with the request, and not what. */
  static boolean isRequest(String word) {
    return switch (plain(word)) {
      case "invalid_request_error",
          "invalid_request",
          "invalid_argument",
          "bad_request",
          "badrequest",
          "badrequesterror",
          "bad_request_error",
          "failed_precondition",
          "out_of_range",
          "validationexception",
          "validation_error",
          "unprocessable_entity_error" ->
          true;
      default -> false;
    };
  }

  /**
   * Lower case, with underscores, without AWS's name space before and address behind: {@code
   * com.amazon.coral#ThrottlingException:http://…}.
   */
  private static String plain(String word) {
    int colon = word.indexOf(':');
    String name = colon < 0 ? word : word.substring(0, colon);
    name = name.substring(name.indexOf('#') + 1);
    return name.strip().toLowerCase(Locale.ROOT).replace('-', '_');
  }
}
