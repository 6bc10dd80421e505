/// The looks of the reports and of the curves.
enum ReportStyle {
  /// How many curves have a colour of their own.
  static let colourCount = 8

  /// Colours that people with any colour vision tell apart, for light and dark paper.
  ///
  /// Source: Okabe and Ito 2008, "Color universal design", darkened and lightened.
  static let curveColours = """
    .s0 { --c: #1f6fb2; } .s1 { --c: #c8581a; } .s2 { --c: #12805c; } .s3 { --c: #9b4f96; }
    .s4 { --c: #8a6d00; } .s5 { --c: #3b8ea5; } .s6 { --c: #b23a48; } .s7 { --c: #5c6270; }
    @media (prefers-color-scheme: dark) {
    .s0 { --c: #6cb2eb; } .s1 { --c: #f29559; } .s2 { --c: #4fc79a; } .s3 { --c: #d197cc; }
    .s4 { --c: #d9bb4a; } .s5 { --c: #7fcbe0; } .s6 { --c: #ef7f8d; } .s7 { --c: #a9b0bd; }
    }
    """

  static let css = """
    :root {
      color-scheme: light dark;
      --paper: #fafaf8; --card: #ffffff; --ink: #1c2027; --soft: #5d6470; --line: #e4e4df;
      --accent: #1f6fb2; --warn: #a5430d; --warn-paper: #fdf3ea;
      --mark: #fbf0d6;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #121418; --card: #1a1d22; --ink: #e8e8e5; --soft: #9ba1ab; --line: #2b2f36;
        --accent: #6cb2eb; --warn: #f2a679; --warn-paper: #2b201a;
        --mark: #39301a;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--paper); color: var(--ink);
      font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif;
      -webkit-text-size-adjust: 100%;
    }
    main { max-width: 1120px; margin: 0 auto; padding: 48px 32px 64px; }
    h1 { font-size: 30px; line-height: 1.2; letter-spacing: -.015em; margin: 0; }
    h2 { font-size: 19px; letter-spacing: -.005em; margin: 0; }
    h3 { font-size: 14px; margin: 0; }
    p { margin: 0; }
    h1, h2, h3 { font-weight: 600; }
    h1, dd, td, p, li { overflow-wrap: anywhere; }
    code, pre, .mono { font: 13px/1.55 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
    .soft { color: var(--soft); }
    section { margin-top: 56px; }
    section > h2, .heading { margin-bottom: 16px; }
    .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }

    .opening {
      display: grid; gap: 32px 56px; grid-template: auto 1fr / minmax(0, 1fr) 440px;
    }
    .opening .film { grid-area: 1 / 2 / 3 / 3; }
    .opening .commands { align-self: end; }
    .opening.single { grid-template: auto / minmax(0, 1fr); }
    .where { color: var(--soft); margin-top: 8px; overflow-wrap: anywhere; }
    .progress { margin-top: 24px; font-size: 17px; }
    .warnings { list-style: none; margin: 16px 0 0; padding: 0; }
    .warnings li {
      background: var(--warn-paper); color: var(--warn); border-radius: 8px;
      padding: 8px 12px; margin-top: 8px; white-space: pre-wrap;
    }
    .figures {
      display: grid; grid-template-columns: repeat(auto-fill, minmax(128px, 1fr));
      gap: 20px 24px; margin: 28px 0 0;
    }
    .figures dt { color: var(--soft); font-size: 13px; }
    .figures dd { margin: 0; font-size: 20px; font-variant-numeric: tabular-nums; }
    .commands { margin: 0; }
    .commands dt { color: var(--soft); font-size: 13px; }
    .commands dd { margin: 4px 0 0; }
    .commands dd + dt { margin-top: 14px; }
    .commands code {
      display: block; background: var(--card); border: 1px solid var(--line);
      border-radius: 8px; padding: 9px 12px; overflow-x: auto; white-space: nowrap;
    }

    .film { margin: 0; }
    .film img, .gallery img {
      display: block; width: 100%; height: auto; border-radius: 8px; background: var(--line);
      image-rendering: pixelated;
    }
    .controls { display: flex; align-items: center; gap: 14px; }
    .film .controls { margin-top: 12px; }
    .film output { min-width: 7em; text-align: right; font-variant-numeric: tabular-nums; }
    .film .controls input { flex: 1; min-width: 0; }
    .film .soft { font-size: 13px; margin-top: 4px; }
    .film .cell { min-height: 1.6em; }
    input { accent-color: var(--accent); }
    button {
      font: inherit; font-size: 14px; color: inherit; background: var(--card); cursor: pointer;
      border: 1px solid var(--line); border-radius: 8px; padding: 5px 14px; min-width: 5.4em;
    }
    button:hover { border-color: var(--soft); }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }

    .heading { display: flex; flex-wrap: wrap; gap: 8px 28px; align-items: baseline; }
    .heading h2 { flex: 1; }
    .heading label {
      display: flex; gap: 8px; align-items: center; color: var(--soft); font-size: 14px;
    }
    .heading output { min-width: 2.2em; font-variant-numeric: tabular-nums; }
    .charts { display: grid; gap: 16px; grid-template-columns: repeat(2, minmax(0, 1fr)); }
    .chart { margin: 0; padding: 16px 18px 14px; min-width: 0; }
    .chart:first-child, .chart:last-child:nth-child(even) { grid-column: 1 / -1; }
    .chart figcaption { display: flex; justify-content: space-between; gap: 12px; }
    .chart figcaption span { color: var(--soft); font-size: 13px; }
    .chart svg {
      display: block; width: 100%; height: 210px; margin: 10px 0 6px; touch-action: pan-y;
      overflow: visible;
    }
    .chart:first-child svg { height: 300px; }
    .chart svg text { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
    .grid { stroke: var(--line); }
    .line { fill: none; stroke: var(--c); stroke-width: 1.7; stroke-linejoin: round; }
    .raw { opacity: .38; stroke-width: 1; }
    .band { fill: var(--c); opacity: .16; }
    .odd { stroke: var(--warn); stroke-width: 1.6; fill: none; }
    .cursor { stroke: var(--soft); stroke-dasharray: 2 3; }
    .dot { fill: var(--c); stroke: var(--card); stroke-width: 1.5; }
    .dashed { stroke-dasharray: 5 3; }
    .legend { display: flex; flex-wrap: wrap; gap: 2px 22px; margin: 0; font-size: 13px; }
    .legend div { display: flex; gap: 8px; align-items: baseline; }
    .legend dt { color: var(--soft); }
    .legend dt::before, .swatch::before {
      content: ""; display: inline-block; width: 9px; height: 9px; border-radius: 50%;
      background: var(--c); margin-right: 7px;
    }
    .legend dd { margin: 0; font-variant-numeric: tabular-nums; }

    .pair { display: grid; gap: 56px; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
    .pair > * { min-width: 0; }
    .block > .key { font-weight: 600; }
    .block + .block, .row + .block { margin-top: 14px; }
    .inner > .block + .row { margin-top: 8px; }
    .inner { margin-left: 2px; padding-left: 14px; border-left: 1px solid var(--line); }
    .row { display: flex; gap: 12px; padding: 1px 6px; margin: 0 -6px; border-radius: 5px; }
    .key { color: var(--soft); flex: none; }
    .block > .key { color: var(--ink); }
    .value { overflow-wrap: anywhere; min-width: 0; }
    .changed { background: var(--mark); }
    .changed > .key { color: var(--ink); }
    .hint { font-size: 13px; color: var(--soft); margin: -8px 0 16px; }
    .hint .changed { padding: 1px 6px; border-radius: 5px; color: var(--ink); }
    .facts { margin: 0; }
    .facts div { padding: 7px 0; border-top: 1px solid var(--line); display: flex; gap: 16px; }
    .facts div:first-child { border-top: 0; padding-top: 0; }
    .facts dt { color: var(--soft); flex: 0 0 8.5em; }
    .facts dd { margin: 0; min-width: 0; }
    details > summary { cursor: pointer; }
    .log pre { padding: 14px 16px; margin: 12px 0 0; overflow: auto; max-height: 420px; }

    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; }
    th, td {
      text-align: left; vertical-align: top; padding: 8px 20px 8px 0; min-width: 6em;
      border-top: 1px solid var(--line); font-variant-numeric: tabular-nums;
    }
    thead th { border-top: 0; color: var(--soft); font-weight: 400; font-size: 13px; }
    tbody th { font-weight: 400; }
    .swatch { display: inline-flex; align-items: baseline; }
    .swatch::before { flex: none; }
    .gallery {
      display: grid; gap: 28px 20px;
      grid-template-columns: repeat(auto-fill, minmax(min(240px, 44%), 1fr));
    }
    .gallery figure { margin: 0; }
    .gallery figcaption { margin-top: 8px; font-size: 14px; overflow-wrap: anywhere; }

    @media (max-width: 900px) {
      .opening, .pair { grid-template: auto / minmax(0, 1fr); }
      .opening .film { grid-area: auto; }
      .charts { grid-template-columns: minmax(0, 1fr); }
      .film { max-width: 560px; }
    }
    @media (max-width: 560px) {
      main { padding: 28px 16px 48px; }
      h1 { font-size: 25px; }
      section { margin-top: 44px; }
      .chart { padding: 14px 12px 12px; }
      .chart:first-child svg { height: 240px; }
      .facts div { display: block; }
      .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); }
    }
    \(curveColours)
    """
}
