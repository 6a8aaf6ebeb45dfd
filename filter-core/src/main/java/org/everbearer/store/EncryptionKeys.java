package org.everbearer.store;

import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.everbearer.Fingerprint;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwe.ContentEncryptionAlgorithmIdentifiers;
import org.jose4j.jwe.JsonWebEncryption;
import org.jose4j.jwe.KeyManagementAlgorithmIdentifiers;
import org.jose4j.keys.AesKey;
import org.jose4j.lang.JoseException;

/**
 * The 256-bit keys that seal stored tokens as JWE ({@code dir}, {@code A256GCM}; RFC 7516, RFC 7518 §4.5 and §5.3).
 *
 * <pre>{@code
 * EncryptionKeys keys = EncryptionKeys.of(System.getenv("KEY"), Arrays.asList(System.getenv("OLD_KEY")));
 * TokenStore store = FileTokenStore.at(path, keys);
 * }</pre>
 *
 * <p>A record is sealed with the current key and opened with whichever key it names in its header ({@code kid}, the
 * first eight hexadecimal digits of the key's SHA-256). So a key is replaced by moving it to the old ones, and may be
 * forgotten when every record has been written again. To seal the tokens of an existing store, configure a key: a
 * record found in plain text is still read, and sealed when it is written next. That also means that sealing protects
 * tokens from whoever can read the store, not the store from whoever can write it.
 *
 * <p>Immutable. {@link #toString()} shows key ids, never a key.
 */
public final class EncryptionKeys {
  private static final int KEY_BYTES = 32;
  private static final Pattern KEY_ID = Pattern.compile("[0-9a-f]{8}");
  private static final EncryptionKeys NONE = new EncryptionKeys(null, Collections.<String, AesKey>emptyMap());

  private final String currentId;
  private final Map<String, AesKey> keys;

  private EncryptionKeys(String currentId, Map<String, AesKey> keys) {
    this.currentId = currentId;
    this.keys = keys;
  }

  /** No encryption: records are written as plain text. */
  public static EncryptionKeys none() {
    return NONE;
  }

  /**
   * @param current {@code encryptionKey}: 32 bytes in Base64 (RFC 4648 §4 or §5)
   * @param old {@code encryptionKeysOld}: keys that open records but seal none; may be empty
   * @throws IllegalArgumentException if one of them is no such key; the message names the parameter, not the value
   */
  public static EncryptionKeys of(String current, Collection<String> old) {
    Map<String, AesKey> keys = new LinkedHashMap<>();
    String currentId = add(keys, "encryptionKey", current);
    for (String key : old) add(keys, "encryptionKeysOld", key);
    return new EncryptionKeys(currentId, keys);
  }

  private static String add(Map<String, AesKey> keys, String parameter, String encoded) {
    byte[] key;
    try {
      String canonical = encoded.trim().replace('-', '+').replace('_', '/');
      key = Base64.getDecoder().decode(canonical);
    } catch (IllegalArgumentException e) {
      throw unfit(parameter, "is not Base64"); // without the cause, whose message names a character of the key
    }
    if (key.length != KEY_BYTES) throw unfit(parameter, "has " + key.length + " bytes");
    String id = Fingerprint.of(Base64.getEncoder().encodeToString(key));
    keys.put(id, new AesKey(key));
    Arrays.fill(key, (byte) 0);
    return id;
  }

  private static IllegalArgumentException unfit(String parameter, String problem) {
    return new IllegalArgumentException(parameter + " " + problem
        + "; it must be 256 bits in Base64, as made by: openssl rand -base64 32");
  }

  /** JWE compact serialization: five parts, of which the second, the encrypted key, is empty for {@code dir}. */
  static boolean isSealed(String text) {
    return text.startsWith("ey") && text.contains("..");
  }

  String seal(String plaintext) {
    if (currentId == null) return plaintext;
    JsonWebEncryption jwe = constrained();
    jwe.setAlgorithmHeaderValue(KeyManagementAlgorithmIdentifiers.DIRECT);
    jwe.setEncryptionMethodHeaderParameter(ContentEncryptionAlgorithmIdentifiers.AES_256_GCM);
    jwe.setKeyIdHeaderValue(currentId);
    jwe.setKey(keys.get(currentId));
    jwe.setPayload(plaintext);
    try {
      return jwe.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException("this Java platform cannot encrypt with AES-256-GCM", e);
    }
  }

  String open(String sealed) throws IOException {
    JsonWebEncryption jwe = constrained();
    String id;
    try {
      jwe.setCompactSerialization(sealed.trim());
      id = jwe.getKeyIdHeaderValue();
    } catch (JoseException | RuntimeException e) {
      throw new DamagedRecordException("it is no complete JWE");
    }
    if (id == null || !KEY_ID.matcher(id).matches()) throw new DamagedRecordException("it does not name its key id");
    AesKey key = keys.get(id);
    if (key == null) throw new IOException(missing(id));
    jwe.setKey(key);
    try {
      return jwe.getPayload();
    } catch (JoseException | RuntimeException e) {
      throw new DamagedRecordException("it is encrypted with key " + id + " and was altered since");
    }
  }

  private String missing(String id) {
    if (currentId == null) {
      return "it is encrypted with key " + id + ", and no key is configured: set encryptionKey";
    }
    return "it is encrypted with key " + id + ", which is neither encryptionKey (" + currentId
        + ") nor among encryptionKeysOld: add that key to encryptionKeysOld";
  }

  private static JsonWebEncryption constrained() {
    JsonWebEncryption jwe = new JsonWebEncryption();
    jwe.setAlgorithmConstraints(
        new AlgorithmConstraints(ConstraintType.PERMIT, KeyManagementAlgorithmIdentifiers.DIRECT));
    jwe.setContentEncryptionAlgorithmConstraints(
        new AlgorithmConstraints(ConstraintType.PERMIT, ContentEncryptionAlgorithmIdentifiers.AES_256_GCM));
    return jwe;
  }

  @Override
  public String toString() {
    return currentId == null ? "EncryptionKeys[none]" : "EncryptionKeys[" + currentId + " of " + keys.keySet() + "]";
  }
}
