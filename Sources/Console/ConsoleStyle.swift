/// Files the page asks for. No font, picture or script comes from elsewhere.
package enum ConsoleAssets {
    /// The whole style sheet.
    package static let style = palette + frame + figures + map + cards + tables + narrow

    /// Ink on paper with a vermilion seal; every text pair reaches contrast AA in light and dark.
    private static let palette = """
        :root{color-scheme:light dark;
        --paper:#fff;--desk:#f3f5f7;--ink:#16222e;--soft:#4d5b69;--rule:#d5dce3;--line:#93a1ae;--brand:#17456b;--bar:#12324e;
        --seal:#b3261e;--good:#14693f;--busy:#15589b;--idle:#55636f;--care:#8a5200;--bad:#b3261e;--carebg:#fff6e5;--careline:#e3b667;--tint:#eef3f8;--own:#17456b}
        @media (prefers-color-scheme:dark){:root{
        --paper:#18222c;--desk:#0f161d;--ink:#e6ecf1;--soft:#a6b3bf;--rule:#2f3d4a;--line:#5f7282;--brand:#8fc1ea;--bar:#0b2034;
        --seal:#d9534a;--good:#6fcf9b;--busy:#82b9f0;--idle:#a3b0bc;--care:#f0bd6a;--bad:#ff9a90;--carebg:#2c2415;--careline:#7a5c25;--tint:#1f2c38;--own:#1b4d79}}

        """

    private static let frame = """
        *{box-sizing:border-box}
        body{margin:0;background:var(--desk);color:var(--ink);font:15px/1.55 "Source Han Sans SC","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif;
        font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
        h1,h2,p,ul,dl,dd{margin:0;padding:0}ul{list-style:none}
        .wrap{max-width:1320px;margin:0 auto;padding-left:24px;padding-right:24px}
        code{font:.88em/1.4 "Source Code Pro","DejaVu Sans Mono",Menlo,Consolas,monospace;overflow-wrap:anywhere}
        a:focus-visible,main:focus-visible,.scroll:focus-visible,summary:focus-visible{outline:3px solid var(--busy);outline-offset:2px;border-radius:3px}
        main:focus{outline:none}
        .skip{position:absolute;left:-9999px;top:0;background:var(--paper);color:var(--ink);padding:8px 14px;z-index:2}
        .skip:focus{left:8px;top:8px}
        .bar{background:var(--bar);color:#fff;border-bottom:3px solid var(--seal)}
        .bar .wrap{display:flex;flex-wrap:wrap;align-items:center;gap:6px 20px;padding-top:11px;padding-bottom:11px}
        .product{font-weight:700;letter-spacing:.06em;font-size:17px;margin-right:auto}
        .product .sub{font-weight:400;letter-spacing:.02em;font-size:13px;color:#c3d3e1;margin-left:12px}
        #as-of:empty{display:none}#as-of{opacity:.85}
        .pulse{display:flex;align-items:center;gap:7px;font-size:13px;color:#d6e2ec}
        .pulse .dot{width:9px;height:9px;border:2px solid #d6e2ec;border-radius:50%}
        .pulse.on .dot{background:#7fd6a6;border-color:#7fd6a6}.pulse.off .dot{background:#ff9a90;border-color:#ff9a90;border-radius:1px}
        .bar nav{display:flex;gap:2px}
        .bar nav a{color:#d6e2ec;text-decoration:none;font-size:13px;padding:4px 10px;border-radius:4px;border:1px solid transparent}
        .bar nav a:hover{border-color:#7d97ad}.bar nav a[aria-current]{background:#fff;color:#12324e;font-weight:600}
        .bar a:focus-visible{outline-color:#fff}
        .lost{margin-top:14px;padding-top:10px;padding-bottom:10px;background:var(--carebg);border-left:4px solid var(--bad);color:var(--ink)}
        .lost[hidden]{display:none}
        main{padding-top:26px;padding-bottom:10px;display:grid;gap:22px}
        main>*{min-width:0}
        footer{padding-top:6px;padding-bottom:34px;color:var(--soft);font-size:13px}
        h2{font-size:16px;font-weight:700;letter-spacing:.03em;display:flex;align-items:center;gap:8px}
        .head{display:grid;grid-template-columns:auto minmax(0,1fr) auto;gap:6px 18px;align-items:center}
        .verdict{display:flex;gap:10px;align-items:center;justify-self:end;max-width:52ch;font-size:16px;font-weight:600;color:var(--c);border:1px solid;border-radius:8px;padding:9px 15px;background:var(--paper)}
        .verdict .icon{width:20px;height:20px}.verdict span{color:var(--ink);overflow-wrap:anywhere}
        .seal{width:66px;height:66px;border:3px solid var(--seal);border-radius:7px;padding:3px;color:var(--seal)}
        .seal span{display:grid;place-items:center;height:100%;border:1px solid var(--seal);border-radius:3px;
        font:700 35px/1 "Source Han Serif SC","Noto Serif CJK SC","Songti SC",SimSun,serif}
        .tier{color:var(--soft);font-size:14px;letter-spacing:.05em}
        h1{font-size:32px;line-height:1.2;font-weight:700;overflow-wrap:anywhere}h1 .above{color:var(--soft);font-weight:400}
        .facts{display:flex;flex-wrap:wrap;gap:10px 34px;margin-top:10px}
        .facts dt{font-size:12.5px;color:var(--soft)}.facts dd{font-size:14px}
        .calm{display:flex;gap:8px;align-items:center;color:var(--good);font-size:14px}
        .warnings{background:var(--carebg);border:1px solid var(--careline);border-left-width:5px;border-radius:6px;padding:14px 18px}
        .warnings h2{color:var(--care)}.warnings ul{margin-top:8px;padding-left:22px;list-style:square}.warnings li{padding:2px 0;overflow-wrap:anywhere}
        .badge{font-size:12.5px;background:var(--care);color:var(--paper);border-radius:9px;padding:0 8px;line-height:18px}
        .icon{flex:none;vertical-align:-2px}
        .state{display:inline-flex;align-items:center;gap:6px;white-space:nowrap;font-weight:600}
        .good{--c:var(--good)}.busy{--c:var(--busy)}.idle{--c:var(--idle)}.care{--c:var(--care)}.bad{--c:var(--bad)}
        .state{color:var(--c)}

        """

    private static let figures = """
        .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(168px,1fr));background:var(--paper);gap:1px;border:1px solid var(--rule);border-radius:10px;overflow:hidden}
        .figure{box-shadow:0 0 0 1px var(--rule);padding:14px 18px 13px}
        .figure dt{font-size:13px;color:var(--soft);display:flex;gap:6px;align-items:center}
        .figure .value{display:block;font-size:26px;line-height:1.35;font-weight:650}
        .figure .note{display:block;font-size:12.5px;color:var(--soft);min-height:1.5em}
        .figure.care dt,.figure.care .value{color:var(--care)}

        """

    private static let tables = """
        .panel .aside{color:var(--soft);font-size:13px;margin-top:2px}
        .empty{color:var(--soft);padding-top:8px}
        .work{list-style:none;display:flex;flex-wrap:wrap;gap:6px 22px;padding:6px 0 12px;margin:0}.work b{font-variant-numeric:tabular-nums;font-size:17px}
        .work .care b,.late{color:var(--bad)}.late{font-size:13px;white-space:nowrap}
        .scroll{overflow-x:auto;margin-top:10px}
        table{width:100%;border-collapse:collapse;font-size:14px}
        caption.quiet{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        thead th{font-size:12.5px;font-weight:600;color:var(--soft);text-align:left;padding:6px 14px 6px 0;border-bottom:2px solid var(--rule);white-space:nowrap}
        tbody th,tbody td{font-weight:400;text-align:left;padding:9px 14px 9px 0;border-bottom:1px solid var(--rule);vertical-align:top}
        tbody tr:last-child>*{border-bottom:0}
        thead th.n,tbody .n{text-align:right}tbody .n{white-space:nowrap}
        .n+:not(.n){padding-left:18px}
        .peer{font-weight:600;overflow-wrap:anywhere}
        .role{display:inline-block;font-size:12px;color:var(--soft);border:1px solid var(--rule);border-radius:3px;padding:0 6px;background:var(--tint);white-space:nowrap}
        .quiet{color:var(--soft);font-size:13px}.none{color:var(--soft)}
        .error,.basis{display:block;font-size:12.5px;color:var(--soft);overflow-wrap:anywhere;max-width:46ch}.error{color:var(--bad)}
        td time,td .quiet{white-space:nowrap}
        strong{color:var(--care);font-weight:650}strong .icon{margin-right:5px}
        .meter{display:block;width:100%;min-width:90px;height:8px;margin-top:7px;border-radius:2px}.track{fill:var(--tint)}.fill{fill:var(--brand)}

        """
}
