package org.everbearer.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.everbearer.Origin;
import org.everbearer.TokenSet;
import org.everbearer.store.EncryptionKeys;

/** The syntaxes of single values. Each throws IllegalArgumentException with the rule, and never repeats the value. */
final class Values {
  /** A URL whose scheme was forgotten; a host with a port looks like a scheme itself. */
  private static final Pattern HOST_AND_PORT = Pattern.compile("(?:[A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+]):\\d{1,5}(?:/\\S*)?");
  private static final Pattern HOST_ONLY =
      Pattern.compile("(?:localhost|[A-Za-z0-9.-]+\\.[A-Za-z]+|[\\d.]+)(?:/\\S*)?|" + HOST_AND_PORT.pattern());
  private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);
  private static final Duration LONGEST_MARGIN = Duration.ofDays(365);

  private Values() {}

  static String text(String text, ConfigSource source) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        throw new IllegalArgumentException(
            "must not hold control characters; there is one at position " + i + " (a line break in the file?)");
      }
    }
    return text;
  }

  static Boolean bool(String text, ConfigSource source) {
    if (text.equalsIgnoreCase("true")) return true;
    if (text.equalsIgnoreCase("false")) return false;
    String lower = text.toLowerCase(Locale.ROOT);
    boolean yes = lower.equals("yes") || lower.equals("on") || lower.equals("1");
    boolean no = lower.equals("no") || lower.equals("off") || lower.equals("0");
    throw new IllegalArgumentException("must be true or false"
        + (yes ? "; did you mean true?" : no ? "; did you mean false?" : ""));
  }

  static Parameter.Syntax<Integer> between(int least, int most) {
    return (text, source) -> {
      String rule = "must be a whole number from " + least + " to " + most;
      if (!text.matches("\\d{1,9}")) throw new IllegalArgumentException(rule);
      int value = Integer.parseInt(text);
      if (value < least || value > most) throw new IllegalArgumentException(rule);
      return value;
    };
  }

  /** Spelled as the constants are, in lower case. */
  static <E extends Enum<E>> Parameter.Syntax<E> choice(Class<E> type) {
    return (text, source) -> {
      List<String> names = new ArrayList<>();
      for (E constant : type.getEnumConstants()) {
        String name = constant.name().toLowerCase(Locale.ROOT);
        if (name.equals(text)) return constant;
        names.add(name);
      }
      throw new IllegalArgumentException("must be " + oneOf(names) + Spelling.didYouMean(text, names));
    };
  }

  static String oneOf(List<String> names) {
    int last = names.size() - 1;
    return String.join(", ", names.subList(0, last)) + " or " + names.get(last);
  }

  static Duration margin(String text, ConfigSource source) {
    Duration value = Durations.parse(text);
    if (value.compareTo(LONGEST_MARGIN) <= 0) return value;
    throw new IllegalArgumentException("must not be longer than 365 days");
  }

  static Duration timeout(String text, ConfigSource source) {
    Duration value = Durations.parse(text);
    if (value.compareTo(Duration.ofMillis(1)) < 0) throw new IllegalArgumentException("must be at least 1ms");
    if (value.compareTo(LONGEST_TIMEOUT) <= 0) return value;
    throw new IllegalArgumentException("must not be longer than 1h");
  }

  static URI url(String text, ConfigSource source) {
    String example = "must be a URL such as https://auth.example.com";
    if (HOST_ONLY.matcher(text).matches()) {
      throw new IllegalArgumentException(example + "; did you mean https://" + text + "?"
          + (HOST_AND_PORT.matcher(text).matches() ? " Or http://, with allowInsecure=true?" : ""));
    }
    URI uri = uri(text);
    if (uri.getScheme() == null) throw new IllegalArgumentException(example);
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException(example + "; its scheme must be http or https");
    }
    if (uri.getRawUserInfo() != null) throw new IllegalArgumentException("must hold no user name and password");
    if (uri.getHost() == null) throw new IllegalArgumentException(example + "; " + hostProblem(uri));
    if (uri.getRawFragment() != null) throw new IllegalArgumentException("must have no fragment (#…)");
    if (uri.getPort() == 0 || uri.getPort() > 65535) {
      throw new IllegalArgumentException("must have a port from 1 to 65535");
    }
    return uri;
  }

  private static String hostProblem(URI uri) {
    String host = uri.getRawAuthority() == null ? "" : uri.getRawAuthority().replaceFirst(":\\d*$", "");
    try {
      Origin.of(uri.getScheme(), host, -1);
      return "it has no valid host name";
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  static URI baseUrl(String text, ConfigSource source) {
    URI uri = url(text, source);
    if (uri.getRawQuery() != null) throw new IllegalArgumentException("must have no query (?…): a path is added to it");
    return uri;
  }

  /** RFC 8707 §2: absolute, without a fragment; several with spaces between. */
  static List<String> resources(String text, ConfigSource source) {
    List<String> resources = Arrays.asList(text.split("\\s+"));
    for (String one : resources) {
      URI uri = uri(one);
      if (!uri.isAbsolute() || uri.getRawFragment() != null) {
        throw new IllegalArgumentException("must be an absolute URI without a fragment (RFC 8707 section 2)");
      }
    }
    return Collections.unmodifiableList(resources);
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("must be a URL: " + e.getReason() + " at position " + e.getIndex());
    }
  }

  static List<Origin> origins(String text, ConfigSource source) {
    Set<Origin> origins = new LinkedHashSet<>();
    List<String> problems = new ArrayList<>();
    for (String one : text.split("[\\s,]+")) {
      if (one.isEmpty()) continue;
      try {
        origins.add(Origin.parse(one));
      } catch (IllegalArgumentException e) {
        problems.add(Shown.value(one) + ": " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("must list origins (scheme://host[:port]); " + String.join("; ", problems));
    }
    if (origins.isEmpty()) throw new IllegalArgumentException("must list at least one origin (scheme://host[:port])");
    return Collections.unmodifiableList(new ArrayList<>(origins));
  }

  static String accessToken(String text, ConfigSource source) {
    if (text.regionMatches(true, 0, "Bearer ", 0, 7)) {
      throw new IllegalArgumentException("must be the token alone, without \"Bearer \" before it");
    }
    return TokenSet.of(text, null).accessToken();
  }

  static String refreshToken(String text, ConfigSource source) {
    return TokenSet.of(null, text).refreshToken();
  }

  static Path keyFile(String text, ConfigSource source) {
    if (text.startsWith("-----BEGIN") || text.startsWith("{")) {
      throw new IllegalArgumentException("must be the path of a PEM or JWK file, not the key itself");
    }
    Path path;
    try {
      path = source.resolve(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("must be the path of a PEM or JWK file: " + e.getReason());
    }
    if (!Files.isReadable(path)) {
      throw new IllegalArgumentException("must be the path of a PEM or JWK file; there is no file that can be read at "
          + path);
    }
    return path;
  }

  static String encryptionKey(String text, ConfigSource source) {
    try {
      EncryptionKeys.of(text, Collections.<String>emptyList());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be a key of 256 bits in Base64, as made by: openssl rand -base64 32");
    }
    return text;
  }

  static List<String> encryptionKeys(String text, ConfigSource source) {
    List<String> keys = new ArrayList<>();
    for (String one : text.split("[\\s,]+")) if (!one.isEmpty()) keys.add(encryptionKey(one, source));
    return Collections.unmodifiableList(keys);
  }

  static Map<String, String> headers(String text, ConfigSource source) {
    return RequestHeaders.parse(text);
  }

  static String jsonPath(String text, ConfigSource source) {
    if (text.matches("[^\\s.]+(\\.[^\\s.]+)*")) return text;
    throw new IllegalArgumentException("must be a JSON name, or names with dots between them: data.accessToken");
  }

  static String dotenvKey(String text, ConfigSource source) {
    if (text.matches("[A-Za-z_][A-Za-z0-9_.-]*")) return text;
    throw new IllegalArgumentException("must be the name of a variable: letters, digits and underscores");
  }

  static Pattern regex(String text, ConfigSource source) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("must be a regular expression of Java: " + e.getDescription()
          + " at position " + e.getIndex());
    }
  }

  static Unavailable unavailable(String text, ConfigSource source) {
    if (text.equals("503")) return Unavailable.SERVICE_UNAVAILABLE;
    if (text.equals("401")) return Unavailable.UNAUTHORIZED;
    if (text.equals("pass")) return Unavailable.PASS;
    String url = text.startsWith("redirect:") ? text.substring("redirect:".length()).trim() : "";
    if (!url.isEmpty()) return Unavailable.redirect(redirectUrl(url));
    throw new IllegalArgumentException("must be 503, 401, redirect:URL or pass"
        + (text.startsWith("redirect") ? "; the URL is missing" : Spelling.didYouMean(text,
            Collections.singleton("pass"))));
  }

  private static String redirectUrl(String url) {
    URI uri = uri(url);
    String scheme = uri.getScheme();
    boolean web = scheme == null || scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https");
    if (!web || url.startsWith("//") || uri.isOpaque()) {
      throw new IllegalArgumentException("must redirect to an http or https URL, or to a path within the application");
    }
    return url;
  }
}
