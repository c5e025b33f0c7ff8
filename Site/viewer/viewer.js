// The entry of the map viewer: builds `app` and puts the page together.

import { mapAddress } from "./address.js";
import { begin, page } from "./begin.js";
import { addCurtain } from "./curtain.js";
import { addDimensions } from "./dimensions.js";
import { createMap } from "./map.js";
import { createPanels } from "./panels.js";
import { addPointer } from "./pointer.js";
import { createPools } from "./pools.js";
import { announcePanels } from "./register.js";
import { addLegends } from "./legends.js";
import { addReadout } from "./readout.js";
import { addShortcuts } from "./shortcuts.js";
import { chooseFirst, complete, restore, startView } from "./start.js";
import { addTimeBar } from "./timebar.js";
import { addTop } from "./top.js";

const start = async () => {
  const app = await begin(mapAddress, "datasets");
  if (!app) return;
  const { wanted } = app;
  app.pools = createPools(app);
  await (wanted?.layers?.length ? complete(app) : chooseFirst(app));
  if (!wanted?.view) startView(app);

  addPointer(app, page("map"));
  app.map = createMap(app, page("map"));
  const panels = createPanels(app, page("rail"), { side: page("side"), bottom: page("below") });
  app.registerPanel = panels.register;
  app.openPanel = panels.open;
  addCurtain(app, document.querySelector(".maps"));
  addLegends(app, page("legends"));
  addReadout(app, page("readout"));
  addTimeBar(app, page("time"));
  addDimensions(app, page("dims"));
  addTop(app, page("now"));
  addShortcuts(app);
  if (!app.embedded) announcePanels(app, panels, app.map.pictured);
  // A map that is still moving would end up elsewhere.
  app.keep(panels, (state) => restore(app, state, () => app.map.gl?.stop()));
};

start();
