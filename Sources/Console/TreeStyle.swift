extension ConsoleAssets {
    /// Lines between nodes. Solid: up. Moving: changes on their way. Dashed: not in contact. Dotted with a cross: cut.
    static let map = """
        .map,.panel{background:var(--paper);border:1px solid var(--rule);border-radius:10px;padding:18px 20px 20px}
        .maphead{display:flex;flex-wrap:wrap;gap:6px 18px;align-items:center;justify-content:space-between}
        .tally{display:flex;flex-wrap:wrap;gap:3px 15px;font-size:13.5px;color:var(--soft)}
        .tally li{display:flex;gap:5px;align-items:center}.tally b{color:var(--ink);font-weight:650}.tally .icon{color:var(--c)}
        .tree{display:flex;flex-direction:column;align-items:center;padding-top:16px}
        .tree>.node{width:min(330px,100%)}
        .wire{display:block;width:0;height:26px;border-left:2px solid var(--line)}
        .l-plain{--l:var(--line)}.l-flow{--l:var(--busy)}.l-idle{--l:var(--line)}.l-cut{--l:var(--bad)}
        .wire.l-flow{border-color:var(--busy);border-left-width:3px}.wire.l-idle{border-left-style:dashed}.wire.l-cut{border-left:3px dotted var(--bad)}
        .columns{display:grid;width:100%;gap:0;justify-content:center;align-items:start}
        .columns.c1{grid-template-columns:minmax(0,380px)}.columns.c2{grid-template-columns:repeat(2,minmax(0,430px))}
        .columns.c3{grid-template-columns:repeat(3,minmax(0,390px))}.columns.c4{grid-template-columns:repeat(4,minmax(0,1fr))}
        .branch{position:relative;padding:24px 10px 0}
        .branch::before{content:"";position:absolute;top:0;left:0;right:0;border-top:2px solid var(--line)}
        .branch:first-child::before{left:50%}.branch:last-child::before{right:50%}.c1 .branch::before{display:none}
        .branch::after{content:"";position:absolute;top:0;left:50%;height:24px;margin-left:-1px;border-left:2px solid var(--l)}
        .branch.l-flow::after{border-left-width:4px;margin-left:-2px}.branch.l-idle::after{border-left-style:dashed}.branch.l-cut::after{border-left:3px dotted var(--bad)}
        .leaves:not(.wide),.rows{position:relative}
        .leaf,.row{position:relative}
        .leaves:not(.wide){padding-left:14px}.leaves:not(.wide)>.leaf{padding:10px 0 0 22px}
        .leaves:not(.wide)>.leaf::before,.row::before{content:"";position:absolute;left:0;top:33px;width:22px;border-top:2px solid var(--l)}
        .leaves:not(.wide)>.leaf::after,.row::after{content:"";position:absolute;left:0;top:0;bottom:0;border-left:2px solid var(--line)}
        .leaves:not(.wide)>.leaf:last-child::after,.row:last-child::after{bottom:auto;height:35px}
        .leaves:not(.wide)>.leaf.l-idle::before,.row.l-idle::before{border-top-style:dashed}
        .leaves:not(.wide)>.leaf.l-cut::before,.row.l-cut::before{border-top:3px dotted var(--bad)}
        .leaves:not(.wide)>.leaf.l-flow::before,.row.l-flow::before{border:0;height:3px;top:32px;background:repeating-linear-gradient(90deg,var(--busy) 0 6px,transparent 6px 11px);background-size:11px 3px}
        .leaf.l-thick::before,.row.l-thick::before{height:5px;top:31px;background-size:11px 5px}
        .rows{width:100%}.row{display:grid;grid-template-columns:minmax(230px,300px) minmax(0,1fr);gap:0 22px;padding:10px 0 14px 30px;border-bottom:1px solid var(--rule)}
        .row:last-child{border-bottom:0}.row::before{width:30px}
        .rows::before{content:"";position:absolute;left:0;right:50%;top:0;border-top:2px solid var(--line)}.row:first-child{padding-top:18px}.row:first-child::before{top:41px}.row:first-child:last-child::after{height:43px}
        .strip{max-width:100%;height:auto}.strip g{fill:var(--c)}.strip .ring{fill:none;stroke:var(--c);stroke-width:1.5}
        .leaves.wide{display:grid;width:100%;grid-template-columns:repeat(auto-fill,minmax(min(288px,100%),1fr));gap:10px;margin-top:8px}
        .tree>.wire+.leaves.wide{border-top:2px solid var(--line);margin-top:0;padding-top:14px}.tree>.wire+.fold{border-top:2px solid var(--line);padding-top:12px;margin:0}
        .fold{font-size:13.5px;width:100%;margin-top:3px}.leaves+.fold{margin-top:10px}.branch>.fold{margin:10px 0 0 36px;width:auto}
        .fold>summary{display:flex;flex-wrap:wrap;align-items:center;gap:4px 18px;cursor:pointer;color:var(--soft);padding:6px 12px;border-radius:7px;background:var(--tint);list-style:none}
        .fold>summary::-webkit-details-marker{display:none}.names{margin-left:auto;font-size:12.5px}.names::after{content:" ▾"}.fold[open] .names::after{content:" ▴"}
        .chips{display:flex;flex-wrap:wrap;gap:6px;padding-top:9px}
        .chip{display:inline-flex;align-items:center;gap:6px;border:1px solid var(--rule);border-radius:5px;padding:1px 8px;font-size:12.5px;max-width:100%;overflow-wrap:anywhere}.chip .icon{color:var(--c);width:11px;height:11px}
        .legend{display:flex;flex-wrap:wrap;gap:4px 26px;margin-top:18px;padding-top:12px;border-top:1px solid var(--rule);font-size:12.5px;color:var(--soft)}
        .legend ul{display:flex;flex-wrap:wrap;gap:4px 14px}.legend li,.legend p{display:flex;gap:6px;align-items:center}.legend .icon{color:var(--c);width:12px;height:12px}
        .edge{color:var(--soft);font-size:13.5px;padding:12px 0 0}
        .welcome{width:min(620px,100%);border:1px dashed var(--line);border-radius:8px;padding:16px 20px}.welcome h3{margin:0;font-size:16px}
        .welcome ol{margin:10px 0 12px;padding-left:22px}.welcome li{padding:4px 0}.welcome code{display:block;background:var(--tint);border-radius:5px;padding:6px 11px;margin-top:3px}
        @media (prefers-reduced-motion:no-preference){.pulse.on .dot{animation:breathe 2s ease-in-out infinite}@keyframes breathe{50%{opacity:.45}}
        .leaf.l-flow::before,.row.l-flow::before{animation:flow .9s linear infinite}@keyframes flow{to{background-position:-11px 0}}}

        """

    /// A node: an edge in the colour of its state, a drawing and a word that say the same.
    static let cards = """
        .node{background:var(--paper);border:1px solid var(--rule);border-left:4px solid var(--c,var(--line));border-radius:7px;text-align:left;min-width:0}
        .node>summary{display:block;cursor:pointer;padding:8px 12px 9px;list-style:none;border-radius:7px}.node>summary::-webkit-details-marker{display:none}
        .node>summary:hover{background:var(--tint)}
        .node.bad{border-color:var(--bad)}.node.care{border-color:var(--careline);border-left-color:var(--care)}
        .n-top{display:flex;align-items:center;gap:7px;flex-wrap:wrap}.n-top>.icon{color:var(--c)}
        .n-top h3{margin:0;font-size:15.5px;line-height:1.35;font-weight:700;overflow-wrap:anywhere;min-width:0}
        .n-kind{font-size:12px;color:var(--soft)}.n-state{margin-left:auto;color:var(--c);font-weight:600;font-size:13px}
        .n-load{display:flex;flex-wrap:wrap;align-items:center;gap:2px 9px;margin-top:4px;font-size:13.5px}
        .relief{color:var(--care);font-weight:650;font-size:12.5px;border:1px solid;border-radius:4px;padding:0 5px;line-height:17px}
        .lag{color:var(--c);flex:none}.lag .on{fill:currentColor}.lag .off{fill:var(--rule)}
        .n-meta{display:flex;flex-wrap:wrap;gap:1px 14px;margin-top:3px;font-size:12.5px;color:var(--soft)}.n-meta .icon{margin-right:3px}.n-meta .tint{color:var(--c);font-weight:600}.n-meta .good .icon{color:var(--good)}
        .n-more{border-top:1px solid var(--rule);padding:10px 12px 12px;font-size:13px;background:var(--tint);border-radius:0 0 7px 7px}
        .n-more dl{display:grid;gap:3px}.n-more dl div{display:grid;grid-template-columns:minmax(88px,36%) minmax(0,1fr);gap:8px}
        .n-more dt{color:var(--soft)}.n-more dd{overflow-wrap:anywhere}
        .n-notes{margin-bottom:8px}.n-notes li{display:flex;gap:6px;align-items:center;color:var(--c);font-weight:600}
        .n-lists{margin-top:8px;padding-top:8px;border-top:1px solid var(--rule)}.n-lists li{padding:2px 0;overflow-wrap:anywhere}.n-lists .state{font-size:12.5px}
        .node.own{border:2px solid var(--brand);border-left-width:6px;background:var(--tint)}
        .node.idle{border-style:dashed;border-left-style:solid}.node.above{border-style:solid;border-left-color:var(--line)}

        """

    static let narrow = """
        @media (max-width:1000px){.columns.c3,.columns.c4{grid-template-columns:repeat(2,minmax(0,1fr))}.row{grid-template-columns:minmax(0,1fr)}
        .c3 .branch:nth-child(2)::before,.c4 .branch:nth-child(2)::before{right:50%}.c3 .branch:nth-child(n+3)::before,.c4 .branch:nth-child(n+3)::before,.c3 .branch:nth-child(n+3)::after,.c4 .branch:nth-child(n+3)::after{display:none}
        .head{grid-template-columns:auto minmax(0,1fr)}.verdict{grid-column:1/-1;justify-self:stretch;max-width:none;margin-top:6px}}
        @media (max-width:760px){
        .wrap{padding-left:14px;padding-right:14px}main{gap:16px;padding-top:18px}
        h1{font-size:25px}.seal{width:54px;height:54px}.seal span{font-size:27px}
        .product .sub{display:block;margin-left:0}
        .facts{gap:8px 22px}.figures{grid-template-columns:1fr 1fr}.figure{padding:11px 13px}.figure .value{font-size:22px}
        .map,.panel{padding:14px 13px}
        .tree{align-items:stretch}.tree>.node{width:100%}.wire{margin-left:0;height:18px}
        .columns.c1,.columns.c2,.columns.c3,.columns.c4{display:block;position:relative}
        .columns .branch{padding:10px 0 0 20px}
        .columns .branch::before,.columns .branch:first-child::before,.columns .branch:last-child::before,.c3 .branch:nth-child(n)::before,.c4 .branch:nth-child(n)::before{display:block;left:0;right:auto;width:20px;top:31px;border-top:2px solid var(--l)}
        .columns .branch.l-idle::before{border-top-style:dashed}.columns .branch.l-cut::before{border-top:3px dotted var(--bad)}
        .columns .branch::after,.c3 .branch:nth-child(n)::after,.c4 .branch:nth-child(n)::after{display:block;left:0;top:0;height:auto;bottom:0;margin:0;border-left:2px solid var(--line)}
        .columns .branch:last-child::after{bottom:auto;height:33px}
        .leaves:not(.wide){padding-left:6px}.leaves:not(.wide)>.leaf{padding-left:14px}.leaves:not(.wide)>.leaf::before{width:14px}.branch>.fold{margin-left:14px}.names{margin-left:0}
        .row{padding-left:16px}.row::before{width:16px}.rows::before{display:none}.bar .wrap{gap:4px 10px}.pulse{font-size:12px;gap:5px}.bar nav a{padding:3px 7px;font-size:12.5px}
        thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        tbody tr{display:block;border-bottom:1px solid var(--rule);padding:8px 0}tbody tr:last-child{border-bottom:0}
        tbody th,tbody td,tbody .n{display:flex;gap:12px;justify-content:space-between;border:0;padding:3px 0;text-align:right;white-space:normal}
        tbody th{justify-content:flex-start;text-align:left;padding-bottom:5px}
        tbody td::before{content:attr(data-label);color:var(--soft);font-size:13px;flex:none}
        tbody td:has(.dash){display:none}.n+:not(.n){padding-left:0}
        tbody td>div{min-width:0}.meter{width:130px}
        .error{max-width:none}}
        @media print{.bar nav,.pulse .dot,.skip,.legend{display:none}body{background:#fff;font-size:11pt}.map,.panel,.node{break-inside:avoid;border-color:#999}
        .bar{background:#fff;color:#000;border-bottom:2px solid #000}.product .sub,.pulse{color:#000}main{padding-top:10px;gap:12px}
        details.fold::details-content,details.node::details-content{content-visibility:visible}}

        """
}
