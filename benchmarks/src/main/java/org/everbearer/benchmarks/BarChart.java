package org.everbearer.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Horizontal bars from the shortest to the longest, as SVG, in the light or dark colours that the reader's system
 * prefers. The axis is linear; bars that go beyond its end are drawn broken, their number stands beside them.
 */
final class BarChart {
  private static final int LEFT = 236;
  private static final int WIDTH = 420;
  private static final int RIGHT = 144;
  private static final int STEP = 28;
  private static final int TOP = 64;
  private static final int BAR = 18;
  private static final String STYLE = """
      <style>
        text { font-family: system-ui, sans-serif; font-size: 13px; fill: #1f2328; }
        .title { font-size: 16px; font-weight: 600; }
        .small { font-size: 12px; fill: #59636e; }
        .ground { fill: #ffffff; } .grid { stroke: #d1d9e0; } .bar { fill: #9aa7b4; } .ours { fill: #1a7f4b; }
        .our-name { font-weight: 600; } .break { stroke: #ffffff; stroke-width: 3; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3; } .small { fill: #9198a1; }
          .ground { fill: #0d1117; } .grid { stroke: #30363d; } .bar { fill: #6b7785; } .ours { fill: #3fb950; }
          .break { stroke: #0d1117; }
        }
      </style>
      """;

  private record Bar(String name, double value, String label, boolean ours) {}

  private final String title;
  private final String axis;
  private final double end;
  private final List<Bar> bars = new ArrayList<>();

  /** @param end the greatest value that the axis shows; infinite for the greatest there is */
  BarChart(String title, String axis, double end) {
    this.title = title;
    this.axis = axis;
    this.end = end;
  }

  BarChart bar(String name, double value, String label, boolean ours) {
    bars.add(new Bar(name, value, label, ours));
    return this;
  }

  String svg() {
    double greatest = Math.min(end, bars.stream().mapToDouble(Bar::value).max().orElse(1));
    int bottom = TOP + STEP * bars.size();
    StringBuilder svg = new StringBuilder();
    svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ").append(LEFT + WIDTH + RIGHT).append(' ')
        .append(bottom + 28).append("\" role=\"img\" aria-label=\"").append(escaped(title)).append("\">\n")
        .append(STYLE).append("<rect class=\"ground\" width=\"100%\" height=\"100%\" rx=\"6\"/>\n");
    text(svg, "title", 14, 26, "start", title);
    text(svg, "small", 14, 46, "start", axis);
    double step = step(greatest);
    for (int i = 0; i * step <= greatest; i++) {
      long x = LEFT + Math.round(WIDTH * i * step / greatest);
      svg.append("<path class=\"grid\" d=\"M").append(x).append(' ').append(TOP - 6).append('V').append(bottom)
          .append("\"/>\n");
      text(svg, "small", x, bottom + 16, "middle", String.format("%,.0f", i * step));
    }
    List<Bar> sorted = bars.stream().sorted(Comparator.comparingDouble(Bar::value)).toList();
    for (int i = 0; i < sorted.size(); i++) bar(svg, sorted.get(i), TOP + i * STEP, greatest);
    return svg.append("</svg>\n").toString();
  }

  private static void bar(StringBuilder svg, Bar bar, int y, double greatest) {
    boolean broken = bar.value > greatest;
    long width = Math.max(2, Math.round(WIDTH * Math.min(1, bar.value / greatest)));
    text(svg, bar.ours ? "our-name" : "name", LEFT - 8, y + 14, "end", bar.name);
    svg.append("<rect class=\"").append(bar.ours ? "ours" : "bar").append("\" x=\"").append(LEFT).append("\" y=\"")
        .append(y).append("\" width=\"").append(width).append("\" height=\"").append(BAR).append("\"/>\n");
    if (broken) {
      svg.append("<path class=\"break\" d=\"M").append(LEFT + width - 26).append(' ').append(y + BAR + 2)
          .append("l8 -").append(BAR + 4).append("m6 0l-8 ").append(BAR + 4).append("\"/>\n");
    }
    text(svg, bar.ours ? "our-name" : "name", LEFT + width + 8, y + 14, "start", bar.label);
  }

  /** So that there are about five lines, at 1, 2 or 5 times a power of ten. */
  private static double step(double greatest) {
    double power = Math.pow(10, Math.floor(Math.log10(greatest / 5)));
    for (int factor : new int[] {1, 2, 5}) {
      if (greatest / (factor * power) <= 6) return factor * power;
    }
    return 10 * power;
  }

  private static void text(StringBuilder svg, String style, long x, int y, String anchor, String text) {
    svg.append("<text class=\"").append(style).append("\" x=\"").append(x).append("\" y=\"").append(y)
        .append("\" text-anchor=\"").append(anchor).append("\">").append(escaped(text)).append("</text>\n");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
