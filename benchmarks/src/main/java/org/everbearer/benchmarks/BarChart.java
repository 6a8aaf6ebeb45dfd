package org.everbearer.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** Horizontal bars on a logarithmic axis, as SVG. */
final class BarChart {
  private static final int LEFT = 250;
  private static final int WIDTH = 420;
  private static final int STEP = 26;
  private static final int TOP = 48;

  private record Bar(String name, double value, String label, boolean ours) {}

  private final String title;
  private final String axis;
  private final List<Bar> bars = new ArrayList<>();

  BarChart(String title, String axis) {
    this.title = title;
    this.axis = axis;
  }

  BarChart bar(String name, double value, String label, boolean ours) {
    bars.add(new Bar(name, value, label, ours));
    return this;
  }

  String svg() {
    double least = bars.stream().mapToDouble(Bar::value).min().orElse(1);
    double most = bars.stream().mapToDouble(Bar::value).max().orElse(1);
    // A decade's fraction to the left of the smallest, so that its bar can be seen.
    double low = Math.log10(least) - 0.15;
    double span = Math.max(Math.log10(most) - low, 0.3);
    int height = TOP + STEP * bars.size() + 24;
    StringBuilder svg = new StringBuilder();
    svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ").append(LEFT + WIDTH + 130).append(' ')
        .append(height).append("\" font-family=\"sans-serif\" font-size=\"13\">\n")
        .append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
    text(svg, 12, 24, "start", 15, title);
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      int y = TOP + i * STEP;
      long width = Math.round(WIDTH * (Math.log10(bar.value) - low) / span);
      text(svg, LEFT - 8, y + 14, "end", 13, bar.name);
      svg.append("<rect x=\"").append(LEFT).append("\" y=\"").append(y).append("\" width=\"").append(width)
          .append("\" height=\"18\" fill=\"").append(bar.ours ? "#1f7a4d" : "#9aa7b4").append("\"/>\n");
      text(svg, LEFT + (int) width + 6, y + 14, "start", 13, bar.label);
    }
    text(svg, LEFT, height - 8, "start", 11, axis + " (logarithmic)");
    return svg.append("</svg>\n").toString();
  }

  private static void text(StringBuilder svg, int x, int y, String anchor, int size, String text) {
    svg.append("<text x=\"").append(x).append("\" y=\"").append(y).append("\" text-anchor=\"").append(anchor)
        .append("\" font-size=\"").append(size).append("\" fill=\"#1b1f24\">")
        .append(text.replace("&", "&amp;").replace("<", "&lt;")).append("</text>\n");
  }
}
