package org.everbearer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.naming.NameNotFoundException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferencesTest {
  @TempDir Path directory;
  private final Map<String, Object> jndi = new HashMap<>();
  private References references;

  @BeforeEach
  void setUp() {
    ConfigSource source = ConfigSource.builder("chat-api")
        .environment(Given.params("A", "from-env", "EMPTY", "", "NASTY", "#{env:A} ${x} } :-", "LINES", "one\ntwo"))
        .systemProperties(Given.params("s.p", "from-sys"))
        .jndi(name -> {
          if (!jndi.containsKey(name)) throw new NameNotFoundException(name);
          return jndi.get(name);
        })
        .baseDirectory(directory)
        .build();
    references = new References(source);
  }

  private String text(String raw) {
    References.Resolved resolved = references.resolve(raw);
    assertEquals(List.of(), resolved.problems);
    return resolved.text();
  }

  private String problem(String raw) {
    References.Resolved resolved = references.resolve(raw);
    assertEquals(1, resolved.problems.size(), resolved.problems.toString());
    return resolved.problems.get(0);
  }

  private Path write(String name, String content) throws IOException {
    return Files.write(directory.resolve(name), content.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "plain|plain",
      "#{env:A}|from-env",
      "#{sys:s.p}|from-sys",
      "x#{env:A}y#{sys:s.p}z|xfrom-envyfrom-sysz",
      "#{env:MISSING:-fallback}|fallback",
      "#{env:EMPTY:-fallback}|fallback",
      "#{env:A:-fallback}|from-env",
      "#{env:MISSING:-}|''",
      "#{env:MISSING:-#{sys:s.p}}|from-sys",
      "#{env:MISSING:-#{sys:none:-x}}|x",
      "#{env:MISSING:-a#{sys:none:-b}c}d|abcd",
      "#{env:MISSING:-http://h:80/:-x}|http://h:80/:-x",
      "#{env:#{env:NONE:-A}}|from-env",
      "#{env: A }|from-env",
      "#{env:P:-\\d{3}}|\\d{3}",
      "#{env:P:-gone\\d{2,}x{1}}y|gone\\d{2,}x{1}y",
      "#{env:P:-{\"a\":{\"b\":\"#{env:A}\"}}}|{\"a\":{\"b\":\"from-env\"}}",
      "#{env:A:-\\d{3}}|from-env",
      "#{env:#{env:P:-A}:-{}}|from-env",
      "a}b#{env:A}c}|a}bfrom-envc}",
      "$ # {} }|$ # {} }"})
  void value_isResolved(String raw, String expected) {
    assertEquals(expected, text(raw));
  }

  @Test
  void resolvedValue_isNotLookedAtAgain() {
    assertEquals("#{env:A} ${x} } :-", text("#{env:NASTY}"));
    assertEquals("<#{env:A} ${x} } :->", text("#{env:NONE:-<#{env:NASTY}>}"));
  }

  @Test
  void file_yieldsItsTrimmedContent() throws IOException {
    Path file = write("token", "\uFEFF  tok-1 \r\n\n");
    assertEquals("tok-1", text("#{file:token}"));
    assertEquals("tok-1", text("#{file:" + file + "}"));
  }

  @Test
  void fileThatIsMissingOrEmpty_takesTheDefault() throws IOException {
    write("empty", " \n");
    assertEquals("d", text("#{file:missing:-d}"));
    assertEquals("d", text("#{file:empty:-d}"));
    assertTrue(problem("#{file:missing}").contains("there is no file " + directory.resolve("missing")));
  }

  @Test
  void fileThatIsThereButUnreadable_isAProblemDespiteItsDefault() throws IOException {
    Files.createDirectory(directory.resolve("dir"));
    assertTrue(problem("#{file:dir:-d}").startsWith("#{file:dir} cannot be read"), problem("#{file:dir:-d}"));
    Files.write(directory.resolve("huge"), new byte[(1 << 20) + 1]);
    assertTrue(problem("#{file:huge}").contains("larger than 1 MiB"));
  }

  @Test
  void dotenv_yieldsOneKey() throws IOException {
    write(".env", "# c\nexport AUTH_ACCESS_TOKEN='a b'\r\nOTHER=\"x\\\"y\" # c\nEMPTY=\nA#B=1\n");
    assertEquals("a b", text("#{dotenv:.env#AUTH_ACCESS_TOKEN}"));
    assertEquals("x\"y", text("#{dotenv:" + directory.resolve(".env") + "#OTHER}"));
    assertEquals("d", text("#{dotenv:.env#NONE:-d}"));
    assertEquals("d", text("#{dotenv:.env#EMPTY:-d}"));
    assertEquals("d", text("#{dotenv:gone.env#OTHER:-d}"));
    assertTrue(problem("#{dotenv:.env#NONE}").contains("no key NONE in " + directory.resolve(".env")));
    assertTrue(problem("#{dotenv:.env}").contains("must name a file and a key: #{dotenv:PATH#KEY}"));
  }

  @Test
  void dotenvValueWithAnOpenQuote_isAProblemOfItsLine() throws IOException {
    write(".env", "A=1\nTOKEN=\"s3cret\nB=2\n");
    String problem = problem("#{dotenv:.env#TOKEN:-d}");
    assertTrue(problem.contains("cannot be used: " + directory.resolve(".env") + ", line 2: the quote"), problem);
    assertFalse(problem.contains("s3cret"), problem);
    assertEquals("2", text("#{dotenv:.env#B}"));
  }

  @Test
  void jndi_isLookedUpInTheApplicationsEnvironmentFirst() {
    jndi.put("java:comp/env/auth/token", "comp");
    jndi.put("auth/token", "global");
    jndi.put("only/global", 42);
    jndi.put("java:global/x", true);
    assertEquals("comp", text("#{jndi:auth/token}"));
    assertEquals("42", text("#{jndi:only/global}"));
    assertEquals("true", text("#{jndi:java:global/x}"));
    assertEquals("d", text("#{jndi:nothing:-d}"));
    assertTrue(problem("#{jndi:nothing}").contains("no JNDI name nothing, nor java:comp/env/nothing"));
  }

  @Test
  void jndiObjectThatIsNoText_isAProblem() {
    jndi.put("java:comp/env/ds", new Object());
    assertTrue(problem("#{jndi:ds:-d}").contains("names a java.lang.Object, not a text"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "#{env:NONE}|#{env:NONE} resolves to nothing: no environment variable NONE",
      "#{env:EMPTY}|the environment variable EMPTY is empty",
      "#{sys:no.p}|no system property no.p",
      "#{env:A|is not closed by }",
      "x #{env:B:-#{env:A}|at position 2 is not closed by }: within it every { needs a } of its own",
      "#{env:B:-{}|at position 0 is not closed by }: within it every { needs a } of its own",
      "#{envv:A}|did you mean env?",
      "#{A}|is no reference; there are #{env:NAME}",
      "#{env:}|has no name"})
  void mistake_isNamed(String raw, String expected) {
    assertTrue(problem(raw).contains(expected), problem(raw));
  }

  @Test
  void allMistakesInAValue_areReported() {
    assertEquals(2, references.resolve("#{env:NONE} #{sys:none}").problems.size());
  }

  @Test
  void defaultThatIsNotUsed_isNotShown() {
    assertFalse(problem("#{nope:A:-s3cret}").contains("s3cret"));
    assertFalse(problem("#{env::-s3cret}").contains("s3cret"));
  }

  @Test
  void literal_isWhatStandsInTheConfigurationItself() {
    assertTrue(references.resolve("x").literal);
    assertTrue(references.resolve("#{env:NONE:-x}").literal);
    assertFalse(references.resolve("#{env:A}").literal);
    assertFalse(references.resolve("#{env:NONE:-#{env:A}}").literal);
  }

  @Test
  void lineBreakFromAPartOfALine_isNoticed() {
    assertTrue(references.resolve("K: #{env:LINES}").brokenLine);
    assertTrue(references.resolve("K: #{env:NONE:-#{env:LINES}}").brokenLine);
    assertTrue(references.resolve("#{env:LINES}x").brokenLine);
    assertFalse(references.resolve("#{env:LINES}").brokenLine);
    assertFalse(references.resolve("A: b\n#{env:LINES}\nC: d").brokenLine);
    assertFalse(references.resolve("K: #{env:A}").brokenLine);
  }

  @ParameterizedTest
  @CsvSource({"#{file:/a/b},/a/b", "#{file:/a/b:-x},/a/b", "#{dotenv:/a/.env#KEY},/a/.env"})
  void loneFile_isTheFileOfTheWholeValue(String raw, String path) {
    assertEquals(path, References.loneFile(raw));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "#{env:A}", "x#{file:/a}", "#{file:/a}x", "#{file:/a}#{file:/b}", "#{file:/a",
      "#{jndi:a}"})
  void loneFile_isNullOtherwise(String raw) {
    assertNull(References.loneFile(raw));
  }
}
