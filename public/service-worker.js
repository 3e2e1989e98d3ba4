// Answers for the page where there is no network. It keeps nothing by itself: offline.js puts the files of a build there while
// no log is open. A visit with a network gets the newest page; the files of a page are those of its build.
'use strict';

const kept = async (request) => (await caches.match(request)) ?? fetch(request);

const newest = async (request) => {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match('./')) ?? Response.error();
  }
};

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return;
  event.respondWith(request.mode === 'navigate' ? newest(request) : kept(request));
});
