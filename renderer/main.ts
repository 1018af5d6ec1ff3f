/** The window's beginning. In: the page and the door that the preload script left open. Out: a window that keeps itself up to date. */
import { mount, unmount } from 'svelte';
import type { Language } from '../main/contract/app-settings.ts';
import App from './App.svelte';
import { bridgeOf } from './bridge.ts';
import { placeSprite } from './parts/sprite.ts';
import { placeKeeperOf } from './place-keeper.ts';
import { WindowState } from './state/window.svelte.ts';
import { visibilityOf } from './visibility.ts';
import { speak, tagOf, wordsFor } from './words/index.ts';
import { de } from './words/de.ts';
import './style/app.css';

/** What was chosen last, so that the first picture has no other language; the shell's word counts. */
const LANGUAGE = 'language';

const target = document.getElementById('window');
if (target === null) throw new Error('the page has no element #window');

placeSprite(document);
const state = new WindowState(bridgeOf(window.cairn), visibilityOf(document), placeKeeperOf(window));
let spoken = localStorage.getItem(LANGUAGE) ?? navigator.language;
take(spoken);
let shown = mount(App, { target, props: { state } });

function take(language: string): void {
  speak(language);
  spoken = language;
  document.documentElement.lang = wordsFor(language) === de ? 'de' : 'en';
}

state.app.onLanguage((chosen: Language) => {
  const language = tagOf(chosen, navigator.language);
  if (chosen === 'system') localStorage.removeItem(LANGUAGE);
  else localStorage.setItem(LANGUAGE, language);
  if (language === spoken) return;
  const group = document.activeElement?.closest('[role="radiogroup"]')?.getAttribute('data-testid') ?? null;
  take(language);
  void unmount(shown);
  shown = mount(App, { target, props: { state } });
  // The keyboard stays where it was: at the choice.
  if (group === null) return;
  requestAnimationFrame(() => {
    const choice = `[data-testid="${CSS.escape(group)}"] [aria-checked="true"]`;
    document.querySelector<HTMLElement>(choice)?.focus();
  });
});
