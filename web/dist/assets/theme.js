(function(){try{var t=localStorage.getItem("segue.theme");(t==="light"||t==="dark")&&(document.documentElement.dataset.theme=t)}catch{}})();
