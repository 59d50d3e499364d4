"""Whether a page hears what another one says: measured in the page, by the sound's own clock."""

HEAR = """
    async ([selector, spoken, seconds]) => {
        const sound = new MediaStream(document.querySelector(selector).srcObject.getAudioTracks());
        const rest = (ms) => new Promise((resume) => setTimeout(resume, ms));
        const listen = async () => {
            const context = new AudioContext();
            await Promise.race([context.resume(), rest(5000)]);
            const analyser = context.createAnalyser();
            context.createMediaStreamSource(sound).connect(analyser);
            const samples = new Uint8Array(analyser.fftSize);
            const began = performance.now();
            let loud = 0, since = context.currentTime, at = since, ticked = began;
            // Waits for sound, or for a silence that lasts by the sound's own clock.
            while (spoken ? !loud : context.currentTime - since < seconds) {
                await rest(20);
                if (context.currentTime !== at) ticked = performance.now();
                at = context.currentTime;
                if (performance.now() - ticked > 10000) return null;
                if (performance.now() - began > 60000) return null;
                analyser.getByteTimeDomainData(samples);
                loud = Math.max(...samples.map((one) => Math.abs(one - 128)));
                if (loud) since = at;
            }
            context.close();
            return loud;
        };
        // The clock of a machine that is busy with sounds may never start: then another is tried.
        for (let left = 5; left > 0; left--) {
            const loud = await listen();
            if (loud !== null) return loud;
        }
        throw new Error("no clock of sound goes on, or nothing is heard");
    }
"""
