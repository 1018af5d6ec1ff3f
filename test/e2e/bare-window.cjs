/** An Electron with an empty window and nothing else, for tests that bring their own page. */
const { app, BrowserWindow } = require('electron');

app.on('window-all-closed', () => {
  app.quit();
});
void app.whenReady().then(() => new BrowserWindow({ width: 1120, height: 760 }).loadURL('about:blank'));
