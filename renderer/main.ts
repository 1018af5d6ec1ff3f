/** The window's beginning. In: the page and the door that the preload script left open. Out: a window that keeps itself up to date. */
import { mount } from 'svelte';
import App from './App.svelte';
import { bridgeOf } from './bridge.ts';
import { placeSprite } from './parts/sprite.ts';
import { placeKeeperOf } from './place-keeper.ts';
import { WindowState } from './state/window.svelte.ts';
import { visibilityOf } from './visibility.ts';
import './style/app.css';

const target = document.getElementById('window');
if (target === null) throw new Error('the page has no element #window');

document.documentElement.lang = /^de\b/i.test(navigator.language) ? 'de' : 'en';
placeSprite(document);
const state = new WindowState(bridgeOf(window.cairn), visibilityOf(document), placeKeeperOf(window));
mount(App, { target, props: { state } });
