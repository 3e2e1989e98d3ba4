// Answers with the build that is kept, with a network and without: what was looked at once stays until a newer one is asked
// for. It keeps nothing by itself: offline.js puts the files of a build there while no log is open.
'use strict';

const kept = async (request, name = request) => (await caches.match(name)) ?? fetch(request);

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, href } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  // Other pages beside this one are no part of the build.
  const isPage = request.mode === 'navigate' && href.replace(/(index\.html)?([?#].*)?$/, '') === self.registration.scope;
  event.respondWith(isPage ? kept(request, './') : kept(request));
});
