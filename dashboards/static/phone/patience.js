/*
 * Says so when the page cannot come up: a browser that knows no modules, or a network that lost one on the way.
 * Written for the oldest browsers, so it is no module itself.
 */
(function () {
  function late() {
    var slow = document.getElementById("slow");
    var reload = document.getElementById("reload");
    if (document.body.hasAttribute("data-open") || !slow || !reload) return;
    slow.hidden = false;
    reload.onclick = function () {
      window.location.reload();
    };
  }
  if (!("noModule" in document.createElement("script"))) late();
  else window.setTimeout(late, 12000);
})();
